import type { Period, Report } from "@/features/periods/api";

/** Where a month stands, and with it the one thing to do next. */
export type Standing =
  | { state: "running"; jobId: string }
  | { state: "review"; reportId: string; count: number }
  | { state: "ready"; reportId: string }
  | { state: "submitted"; reportId: string }
  | { state: "failed"; jobId: string }
  | { state: "new" }
  /** All of it is submitted but what came later. */
  | { state: "more"; reportId: string; count: number }
  /** Nothing here is for a report: all of it is personal, or payments to the card. */
  | { state: "nothing" };

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
  if (submitted === undefined) {
    return { state: period.transactionCount === 0 ? "nothing" : "new" };
  }
  const count = leftOver(period, reports);
  return count > 0
    ? { state: "more", reportId: submitted.id, count }
    : { state: "submitted", reportId: submitted.id };
}

/**
 * How many transactions of the month stand on no submitted report. A month counts neither what is
 * personal nor payments, and neither can stand on a report; 0 while a report is not known.
 */
export function leftOver(period: Period, reports: readonly Report[]): number {
  const submitted = period.reports.filter(({ status }) => status === "Submitted");
  const lineCounts = submitted.map(({ id }) => reports.find((each) => each.id === id)?.lineCount);
  const known = lineCounts.filter((count) => count !== undefined);
  if (known.length < lineCounts.length) {
    return 0;
  }
  const reported = known.reduce((sum, count) => sum + count, 0);
  return Math.max(0, period.transactionCount - reported);
}
