import { counted, number } from "./counted";

const lines = (count: number) => counted(count, "line", "lines");

export const report = {
  back: "Your months",
  status: { Draft: "Draft", Submitted: "Submitted" },
  lines,
  toReview: (count: number) => `${number(count)} to review`,
  unreviewed: (count: number) => `${number(count)} not reviewed`,
  nothingToReview: "Nothing left to review",
  made: (moment: string) => `Made ${moment}`,
  submittedAt: (moment: string) => `Submitted ${moment}`,
  actions: {
    submit: "Submit",
    reopen: "Reopen",
    more: "More",
    update: "Bring it up to date",
    reportRest: "Report the rest of the month",
    howMade: "How it was made",
    transactions: "The month's transactions",
    delete: "Delete this draft",
  },
  cannot: {
    editSubmitted: "A submitted report can only be read. Reopen it to change it.",
    submitAgain: "This report is submitted already.",
    submitEmpty: "There are no lines to submit. Bring the report up to date first.",
    reopenDraft: "This report is a draft already.",
    deleteSubmitted: "A submitted report stays. Reopen it first to delete it.",
    journal: (count: number) =>
      `${counted(count, "line has", "lines have")} no account yet; a journal needs one for each.`,
  },
  missing: {
    title: "There is no such report",
    hint: "It may have been deleted, or the address is incomplete.",
    home: "To your months",
  },
  submit: {
    title: (period: string) => `Submit the report of ${period}?`,
    holds: (count: number, totals: string) => `${lines(count)}, ${totals}.`,
    after: "Once it is submitted it can only be read, until you reopen it.",
    waits: "Your last changes are still being stored. The report waits for them.",
    left: (count: number) => `${counted(count, "line still needs", "lines still need")} a look`,
    more: (count: number) => `and ${number(count)} more`,
    loadingLeft: "Loading the lines that still need a look…",
    reviewFirst: "Review them first",
    withUnreviewed: (count: number) =>
      count === 1
        ? "Submit with 1 unreviewed line"
        : `Submit with ${number(count)} unreviewed lines`,
    noAccount: (count: number) =>
      `${counted(count, "line has", "lines have")} no account. A journal for the ledger can be made only once each line has one.`,
    submit: "Submit",
    busy: "Submitting…",
    done: (period: string) => `The report of ${period} is submitted`,
    next: "Download it, or go on with another month.",
  },
  reopen: {
    title: (period: string) => `Reopen the report of ${period}?`,
    hint: "It becomes a draft again, with every line as you left it. Who has a copy of the submitted one is not told.",
    action: "Reopen",
    done: (period: string) => `The report of ${period} is a draft again`,
  },
  delete: {
    title: (period: string) => `Delete the draft of ${period}?`,
    hint: "The transactions stay, and what you taught by your edits is kept. What you wrote on this draft, notes too, is gone.",
    action: "Delete the draft",
    done: (period: string) => `The draft of ${period} is deleted`,
  },
  download: {
    label: "Download",
    making: (format: string) => `Making the ${format}…`,
    pdf: "PDF",
    xlsx: "Excel",
    csv: "CSV",
    "journal-csv": "Journal",
    hints: {
      pdf: "For reading and printing",
      xlsx: "For a spreadsheet",
      csv: "For other programs",
      "journal-csv": "For the ledger, as CSV",
    },
    done: (name: string) => `${name} is in your downloads`,
    failed: (format: string) => `The ${format} could not be made`,
  },
  update: {
    hint: {
      Draft:
        "The draft stays as it is until that is done, and keeps everything you edited or accepted.",
      Submitted: "This report stays as it is; what is new becomes a report of its own.",
    },
    running: "Show the report under way",
    otherReport: "What is new stands on a report of its own.",
    openOther: "Open it",
  },
  totals: {
    title: "Totals by account and department",
    summaryHint: "Table and chart",
    by: { account: "By account", department: "By department" },
    choose: "Add up",
    columns: { account: "Account", department: "Department", lines: "Lines", amount: "Amount" },
    none: { account: "No account yet", department: "No department" },
    total: "Total",
    caption: (kind: string, currency: string) => `${kind}, ${currency}`,
    filter: (name: string) => `Show the lines of ${name}`,
    showAll: (count: number) => `Show all ${number(count)}`,
    showFewer: "Show the largest only",
    chartLoading: "Loading the chart…",
  },
  chartFailed: "The names of accounts and departments could not be loaded",
} as const;
