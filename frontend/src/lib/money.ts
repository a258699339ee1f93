import { numberFormat } from "@/lib/formatters";

/**
 * An amount of the API, a decimal string, in the reader's locale. It never becomes a number on the
 * way: `Intl` reads the string itself, so that no cent is lost, however large the amount.
 */
export function formatMoney(amount: string, currency: string, locale?: string): string {
  const format = numberFormat(locale, { style: "currency", currency });
  return format.format(amount as Intl.StringNumericLiteral);
}

/** A count in the reader's locale: `12,345`. */
export function formatCount(count: number, locale?: string): string {
  return numberFormat(locale).format(count);
}

/** How long a bar is, and which of two is longer; never shown, never added up. */
export function lengthOf(amount: string): number {
  return Number(amount);
}
