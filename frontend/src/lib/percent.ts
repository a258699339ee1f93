import { numberFormat } from "@/lib/formatters";

/** `0.62` as `62%`. */
export function formatPercent(share: number, locale?: string): string {
  return numberFormat(locale, { style: "percent" }).format(share);
}
