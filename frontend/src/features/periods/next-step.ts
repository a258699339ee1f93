import type { Period, Report } from "@/features/periods/api";

/** Where a month stands, and with it the one thing to do next. */
export type Standing =
  | { state: "running"; jobId: string }
  | { state: "review"; reportId: string; count: number }
  | { state: "ready"; reportId: string }
  | { state: "submitted"; reportId: string }
  | { state: "failed"; jobId: string }
  | { state: "new" };

interface Known {
  reports: readonly Report[];
  /** The latest job of the month, if it failed. */
  failedJobId?: string | undefined;
}

/** A draft goes before a submitted report: it is what work is left on. */
export function standingOf(period: Period, { reports, failedJobId }: Known): Standing {
  if (period.activeJobId !== null) {
    return { state: "running", jobId: period.activeJobId };
  }
  const draft = period.reports.find((report) => report.status === "Draft");
  if (draft !== undefined) {
    const count = reports.find((report) => report.id === draft.id)?.needsReviewCount ?? 0;
    return count > 0
      ? { state: "review", reportId: draft.id, count }
      : { state: "ready", reportId: draft.id };
  }
  if (failedJobId !== undefined) {
    return { state: "failed", jobId: failedJobId };
  }
  const [submitted] = period.reports;
  return submitted === undefined
    ? { state: "new" }
    : { state: "submitted", reportId: submitted.id };
}
