/** Every string a person reads that is not the server's own, in one place. */

const plurals = new Intl.PluralRules("en");

/** `1 line`, `3 lines`; the number in the reader's own digits and grouping. */
export function counted(count: number, one: string, many: string): string {
  const noun = plurals.select(count) === "one" ? one : many;
  return `${new Intl.NumberFormat().format(count)} ${noun}`;
}

const seconds = (count: number) => counted(count, "second", "seconds");

export const words = {
  appName: "ExpenseFlow",
  skipToContent: "Skip to the content",
  loading: "Loading…",
  tryAgain: "Try again",
  signOut: "Sign out",
  cancel: "Cancel",
  cancelling: "Stopping…",
  dismiss: "Dismiss",
  theme: {
    label: (name: string) => `Theme: ${name}. Change it`,
    system: "as the system",
    light: "light",
    dark: "dark",
  },
  footer: { plain: "Plain page", docs: "API" },
  connection: {
    lost: "Live updates are interrupted; the page looks every few seconds instead.",
    offline:
      "You are offline. What you see may be old; it is brought up to date when you are back.",
  },
  signedOut: {
    title: "Sign in to go on",
    hint: "There is no password. On the machine that runs ExpenseFlow, ask for a link that signs you in once, and open it in this browser:",
    command: "expenseflow sign-in-link --user you@example.com",
    stay: "This page goes on where you were as soon as you are signed in.",
  },
  crash: {
    title: "This page has stumbled",
    hint: "Nothing is lost: everything you did is kept on the server.",
    reload: "Load the page again",
  },
  notFound: {
    title: "There is nothing here",
    hint: "The address leads nowhere.",
    home: "To your months",
  },
  problem: {
    offline: {
      title: "You are offline",
      detail: "Nothing was lost. Try again when you are connected.",
    },
    unreachable: {
      title: "The server does not answer",
      detail: "It may be starting again. Try again in a moment.",
    },
    signedOut: {
      title: "You are signed out",
      detail: "Sign in again; you come back to the same place.",
    },
    busy: {
      title: "Too many requests",
      detail: (after?: number) =>
        after === undefined ? "Wait a moment, then try again." : `Try again in ${seconds(after)}.`,
    },
    unavailable: {
      title: "The service cannot take this on right now",
      detail: (after?: number) =>
        after === undefined
          ? "Nothing was lost. Try again in a moment."
          : `Nothing was lost. Try again in ${seconds(after)}.`,
    },
    broken: {
      title: "Something went wrong here",
      detail: "It is not your fault. Try again; if it stays, tell whoever runs ExpenseFlow.",
    },
    reference: (id: string) => `Reference: ${id}`,
  },
  job: {
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
  },
  periods: {
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
      review: (count: number) => `${new Intl.NumberFormat().format(count)} to review`,
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
  },
} as const;
