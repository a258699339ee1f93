import type { JobStatus } from "@/api/job-statuses";
import type { components } from "@/api/schema.gen";

type ReportJob = components["schemas"]["ReportJobOut"];

const PROCESSING_MS = 2000;
const PENDING_MS = 5000;

const INTERVALS: Record<JobStatus, number | false> = {
  Pending: PENDING_MS,
  Processing: PROCESSING_MS,
  CancellationRequested: PROCESSING_MS,
  Completed: false,
  Failed: false,
  Cancelled: false,
};

/** Milliseconds until a job is asked for again; `false` once nothing can change any more. */
export function pollEvery(status: JobStatus | undefined): number | false {
  // Not loaded yet, or the first answer was an error: as for one that waits.
  return status === undefined ? PENDING_MS : INTERVALS[status];
}

export function isFinished(status: JobStatus): boolean {
  return INTERVALS[status] === false;
}

export function canCancel(status: JobStatus): boolean {
  return status === "Pending" || status === "Processing";
}

/** Whether a finished job left anything that another one could do. */
export function leftSomething(job: ReportJob): boolean {
  return isFinished(job.status) && (job.status !== "Completed" || job.failedLines > 0);
}

/**
 * The job of the same month that came after this one, if there is one: only the latest of a month
 * can be tried again. `jobs` are the newest ones, the newest first.
 */
export function newerThan(job: ReportJob, jobs: readonly ReportJob[]): ReportJob | undefined {
  const newest = jobs.find(({ period }) => period === job.period);
  const isNewer = newest !== undefined && Date.parse(newest.createdAt) > Date.parse(job.createdAt);
  return isNewer ? newest : undefined;
}

const RANKS: Record<JobStatus, number> = {
  Pending: 0,
  Processing: 1,
  CancellationRequested: 2,
  Completed: 3,
  Failed: 3,
  Cancelled: 3,
};

/** Whether this is an earlier state of the same job than the other: no state or count goes back. */
export function isBehind(one: ReportJob, other: ReportJob): boolean {
  const distance = RANKS[one.status] - RANKS[other.status];
  return distance === 0 ? one.processedLines < other.processedLines : distance < 0;
}
