import type { Line, Tier } from "@/features/reports/lines/api";

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
  /** Not there: as the page thinks best. */
  needsReview?: boolean | undefined;
  q?: string | undefined;
  tier?: Tier | undefined;
  /** The code of an account; empty: lines without one. */
  account?: string | undefined;
  department?: string | undefined;
  sort?: LineSort | undefined;
}

/**
 * What an address says. What it cannot mean is undefined here rather than missing: the router
 * would else leave it in place.
 */
export function validateLineSearch(search: Record<string, unknown>): LineSearch {
  const { needsReview, tier, sort } = search;
  return {
    needsReview: typeof needsReview === "boolean" ? needsReview : undefined,
    q: text(search["q"]),
    account: text(search["account"]),
    department: text(search["department"]),
    tier: isOneOf(TIERS, tier) ? tier : undefined,
    sort: isSort(sort) ? sort : undefined,
  };
}

/** A code such as 66300 is read from an address as a number. */
function text(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function isOneOf<Value>(values: readonly Value[], value: unknown): value is Value {
  return (values as readonly unknown[]).includes(value);
}

function isSort(value: unknown): value is LineSort {
  return typeof value === "string" && isOneOf(SORT_COLUMNS, value.replace(/^-/, ""));
}

export function hasOtherFilters({ q, tier, account, department }: LineSearch): boolean {
  return [q, tier, account, department].some((filter) => filter !== undefined);
}

/** The order of lines: the least sure first in a review, else by date. */
export function effectiveSort({ sort }: LineSearch, isReviewing: boolean): LineSort {
  return sort ?? (isReviewing ? "confidence" : "postedOn");
}

interface Wanted {
  search: LineSearch;
  isReviewing: boolean;
}

/** Whether a line is among those that are wanted. */
export function matcher({ search, isReviewing }: Wanted): (line: Line) => boolean {
  const { q = "", tier, account, department } = search;
  const needle = q.trim().toLowerCase();
  const conditions: ((line: Line) => boolean)[] = [
    ...(isReviewing ? [({ needsReview }: Line) => needsReview] : []),
    ...(tier === undefined ? [] : [(line: Line) => line.tier === tier]),
    ...(account === undefined ? [] : [({ glCode }: Line) => (glCode ?? "") === account]),
    ...(department === undefined
      ? []
      : [({ departmentCode }: Line) => (departmentCode ?? "") === department]),
    ...(needle === "" ? [] : [(line: Line) => says(line, needle)]),
  ];
  return (line) => conditions.every((holds) => holds(line));
}

function says({ description, originalDescription, vendor, note }: Line, needle: string): boolean {
  return [description, originalDescription, vendor, note].some(
    (text) => text?.toLowerCase().includes(needle) ?? false,
  );
}
