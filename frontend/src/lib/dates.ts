const PERIOD = /^(\d{4})-(\d{2})$/;

/** `2026-01` as `January 2026`, in the reader's locale. */
export function formatPeriod(period: string, locale?: string): string {
  const [, year, month] = PERIOD.exec(period) ?? [];
  if (year === undefined || month === undefined) {
    return period;
  }
  // A month has no time zone: it is made and shown in the same one.
  const first = new Date(Date.UTC(Number(year), Number(month) - 1));
  const options = { year: "numeric", month: "long", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locale, options).format(first);
}
