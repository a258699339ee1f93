import { counted, number } from "./counted";

/** The list of all report jobs. */
export const history = {
  title: "History",
  intro: "Every report that was made or tried, the newest first.",
  show: "Show",
  all: "All",
  list: "Reports made",
  empty: "No report was made yet",
  emptyHint: "Choose a month and make its report; it shows here from its first second.",
  toMonths: "To your months",
  noneSuch: (status: string) => `Nothing here is “${status}”`,
  noneSuchHint: "Reports in other states are hidden.",
  showAll: "Show all",
  beyond: "There is no such page",
  beyondHint: "The list has become shorter, or the address is wrong.",
  toFirst: "To the first page",
  took: (duration: string) => `Took ${duration}`,
  running: (duration: string) => `${duration} so far`,
  notStarted: "Not started",
  lines: (done: number, total: number) =>
    done === total
      ? counted(total, "line", "lines")
      : `${number(done)} of ${counted(total, "line", "lines")}`,
  flagged: (count: number) => `${number(count)} flagged`,
  openReport: "Open the report",
  reportOf: (period: string) => `Open the report: ${period}`,
} as const;
