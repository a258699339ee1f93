import { counted } from "./counted";

export const job = {
  title: (period: string) => `Expense report of ${period}`,
  status: {
    Pending: "Waiting",
    Processing: "In progress",
    Completed: "Completed",
    Failed: "Failed",
    Cancelled: "Cancelled",
    CancellationRequested: "Stopping",
  },
  progress: (period: string) => `Progress of the report of ${period}`,
  lines: (processed: string, total: string) => `${processed} / ${total} lines`,
  ahead: (count: number) => `${counted(count, "report", "reports")} ahead of this one`,
  left: (duration: string) => `About ${duration} left`,
  nearlyDone: "A few seconds left",
  manual: (count: number) =>
    `${counted(count, "line requires", "lines require")} manual categorization`,
  failed: "The report could not be made",
  failedWithoutReason: "No reason was given. Start it again; what was done already is kept.",
  announce: (title: string, status: string, percent?: number) =>
    percent === undefined ? `${title}: ${status}` : `${title}: ${status}, ${percent} %`,
} as const;
