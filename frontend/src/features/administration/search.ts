import { STATUSES, type JobStatus } from "@/api/job-statuses";

/** What the address of the people says. */
export interface PeopleSearch {
  /** A part of the e-mail. */
  q?: string;
  /** From 1. */
  page?: number;
}

/** What the address of all jobs says. */
export interface AllJobsSearch extends PeopleSearch {
  status?: JobStatus;
  period?: string;
}

/** What of an address makes sense; the rest is as if it were not there. */
export function peopleSearch(search: Record<string, unknown>): PeopleSearch {
  const page = Number(search["page"]);
  return {
    ...textOf(search["q"], (q) => ({ q })),
    ...(Number.isSafeInteger(page) && page > 1 ? { page } : {}),
  };
}

export function allJobsSearch(search: Record<string, unknown>): AllJobsSearch {
  const status = STATUSES.find((known) => known === search["status"]);
  return {
    ...peopleSearch(search),
    ...(status === undefined ? {} : { status }),
    ...textOf(search["period"], (period) => (isMonth(period) ? { period } : {})),
  };
}

function textOf<Found>(value: unknown, found: (text: string) => Found): Found | object {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? found(text) : {};
}

function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}
