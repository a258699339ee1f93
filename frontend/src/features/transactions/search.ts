/** Which transactions a page shows; it stands in the address, so it can be shared and kept. */
export interface TransactionSearch {
  q?: string;
  /** `YYYY-MM` */
  period?: string;
  page?: number;
}

const PERIOD = /^\d{4}-(0[1-9]|1[0-2])$/;
const LONGEST = 200;

/** What of an address means something; the rest is passed over. */
export function transactionSearch({ q, period, page }: Record<string, unknown>): TransactionSearch {
  // The router reads `?q=4417` as a number.
  const text = typeof q === "string" || typeof q === "number" ? String(q).slice(0, LONGEST) : "";
  return {
    ...(text.trim() === "" ? {} : { q: text }),
    ...(typeof period === "string" && PERIOD.test(period) ? { period } : {}),
    ...(typeof page === "number" && Number.isInteger(page) && page > 1 ? { page } : {}),
  };
}
