import { counted, number } from "./counted";

export const periods = {
  title: "Your months",
  intro: "Each month, what it holds, and the one thing to do next.",
  transactions: (count: number) => counted(count, "transaction", "transactions"),
  download: "Download",
  empty: "No transactions yet",
  emptyHint: "Import a statement of your card: CSV, OFX, QFX, CAMT or MT940.",
  import: "Import a statement",
  state: {
    new: "No report yet",
    running: "Being made",
    failed: "Failed",
    review: (count: number) => `${number(count)} to review`,
    ready: "Ready to submit",
    submitted: "Submitted",
  },
  next: {
    generate: "Make the report",
    retry: "Try again",
    review: (count: number) => `Review ${counted(count, "line", "lines")}`,
    export: "Download as Excel",
    update: "Bring it up to date",
  },
  of: (action: string, period: string) => `${action}: ${period}`,
  showRunning: "Show the report under way",
} as const;
