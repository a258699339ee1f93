import { counted, number } from "./counted";

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
  page: {
    title: {
      running: (period: string) => `Making the report of ${period}`,
      made: (period: string) => `How the report of ${period} was made`,
      unfinished: (period: string) => `The report of ${period} was not finished`,
    },
    loading: "Report",
    progress: "How far it is",
    history: "All reports made",
    gone: "There is no such report job",
    goneHint: "It may belong to somebody else, or the address is not complete.",
  },
  tiers: {
    title: "Who settled the lines",
    name: {
      rule: "Rules",
      memory: "Memory",
      similar: "Similar charges",
      model: "AI service",
      manual: "Left for you",
    },
    meaning: {
      rule: "A rule says where they go: one of yours, or one that ExpenseFlow came with.",
      memory: "You filed this merchant before; they are filed the same way.",
      similar: "They look like charges that were filed before.",
      model: "The AI service proposed where they go.",
      manual: "Nothing was sure enough. They are flagged for you to decide.",
    },
  },
  pace: {
    title: "Time and cost",
    name: {
      asked: "Asked for",
      duration: "Time",
      rate: "Pace",
      left: "Time left",
      calls: "Questions to the AI service",
      waited: "Waited for its limit",
      tokens: "Tokens",
    },
    lines: {
      notStarted: "Not started yet",
      neverStarted: "It never started",
      took: (duration: string) => `Took ${duration}`,
      soFar: (duration: string) => `${duration} so far`,
      rate: (lines: number) => `${counted(lines, "line", "lines")} a minute`,
      rateUnknown: "Too early to say",
      standsStill: "No new line in the last moments",
      left: (duration: string) => `About ${duration}`,
      leftUnknown: "Not known yet",
      noWait: "Not at all",
      tokens: (asked: string, answered: string) => `${asked} asked, ${answered} answered`,
    },
    calls: (calls: number, rejected: number) =>
      rejected === 0 ? number(calls) : `${number(calls)}, and ${number(rejected)} turned away`,
  },
  next: {
    retry: "Try again",
    again: {
      Completed: "Try the flagged lines again",
      Cancelled: "Go on with the rest",
      Pending: "Try again",
      Processing: "Try again",
      CancellationRequested: "Try again",
    },
    of: (action: string, period: string) => `${action}: ${period}`,
    // Without a number: the report counts also lines that were settled and want a look.
    review: "Review the report",
    open: "Open the report",
    showNewer: "Show the newer one",
    showRunning: "Show the report under way",
    advice: {
      failed:
        "Every line that was settled is kept. When the reason above is dealt with, try again: only the rest is done.",
      cancelled: "Every line that was settled is kept. Go on whenever you like.",
      flagged:
        "The report is ready to review. You can also have the flagged lines tried once more, for example after you made a rule.",
      done: "The report is ready. Every line has its account.",
      newer: "This month was started again since, so nothing is left to do here.",
    },
  },
} as const;
