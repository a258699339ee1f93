import type { Tier } from "@/features/reports/lines/api";

export const TIERS = ["rule", "memory", "similar", "model", "manual"] as const;

export const SORT_COLUMNS = [
  "postedOn",
  "description",
  "glCode",
  "departmentCode",
  "amount",
  "confidence",
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];
export type LineSort = SortColumn | `-${SortColumn}`;

/** The query parameters of a report: which lines are shown, and in which order. */
export interface LineSearch {
  /** Not there: as the page thinks best (`effectiveReview`). */
  needsReview?: boolean;
  q?: string;
  tier?: Tier;
  /** The code of an account; empty: lines without one. */
  account?: string;
  department?: string;
  sort?: LineSort;
}

/** What an address says, without what it cannot mean. */
export function validateLineSearch(search: Record<string, unknown>): LineSearch {
  const { needsReview, tier, sort } = search;
  return {
    ...(typeof needsReview === "boolean" && { needsReview }),
    ...text("q", search["q"]),
    ...text("account", search["account"]),
    ...text("department", search["department"]),
    ...(isOneOf(TIERS, tier) && { tier }),
    ...(isSort(sort) && { sort }),
  };
}

/** A code such as 66300 is read from an address as a number. */
function text<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  const isText = typeof value === "string" || typeof value === "number";
  return isText ? ({ [name]: String(value) } as Record<Name, string>) : {};
}

function isOneOf<Value>(values: readonly Value[], value: unknown): value is Value {
  return (values as readonly unknown[]).includes(value);
}

function isSort(value: unknown): value is LineSort {
  return typeof value === "string" && isOneOf(SORT_COLUMNS, value.replace(/^-/, ""));
}
