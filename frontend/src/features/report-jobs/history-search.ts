import { STATUSES, type JobStatus } from "@/api/job-statuses";

/** What the address of the history says. */
export interface HistorySearch {
  status?: JobStatus;
  /** From 1. */
  page?: number;
}

/** What of an address makes sense; the rest is as if it were not there. */
export function historySearch(search: Record<string, unknown>): HistorySearch {
  const status = STATUSES.find((known) => known === search["status"]);
  const page = Number(search["page"]);
  return {
    ...(status === undefined ? {} : { status }),
    ...(Number.isSafeInteger(page) && page > 1 ? { page } : {}),
  };
}
