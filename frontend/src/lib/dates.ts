import { intlFormatDistance } from "date-fns/intlFormatDistance";

import { dateFormat } from "@/lib/formatters";

const PERIOD = /^(\d{4})-(\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** `2026-01` as `January 2026`, in the reader's locale. */
export function formatPeriod(period: string, locale?: string): string {
  const [, year, month] = PERIOD.exec(period) ?? [];
  if (year === undefined || month === undefined) {
    return period;
  }
  // A month has no time zone: it is made and shown in the same one.
  const first = new Date(Date.UTC(Number(year), Number(month) - 1));
  const options = { year: "numeric", month: "long", timeZone: "UTC" } as const;
  return dateFormat(locale, options).format(first);
}

/** `2026-01-31` as `Jan 31, 2026`, in the reader's locale. */
export function formatDay(date: string, locale?: string): string {
  if (!DAY.test(date)) {
    return date;
  }
  // A day has no time zone either.
  const options = { dateStyle: "medium", timeZone: "UTC" } as const;
  return dateFormat(locale, options).format(new Date(`${date}T00:00:00Z`));
}

/** A moment in the reader's locale and time zone: `Jan 31, 2026, 5:04 PM`. */
export function formatMoment(iso: string, locale?: string): string {
  const options = { dateStyle: "medium", timeStyle: "short" } as const;
  return dateFormat(locale, options).format(new Date(iso));
}

/** How long ago a moment was, or how soon it comes: `2 hours ago`, `in 5 minutes`. */
export function formatDistance(iso: string, now: number, locale?: string): string {
  return intlFormatDistance(new Date(iso), now, locale === undefined ? {} : { locale });
}
