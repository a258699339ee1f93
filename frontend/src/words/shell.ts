import { number } from "./counted";

/** What stands around every page. */
export const shell = {
  appName: "ExpenseFlow",
  skipToContent: "Skip to the content",
  loading: "Loading…",
  tryAgain: "Try again",
  signOut: "Sign out",
  notSignedOut: "You may still be signed in",
  cancel: "Cancel",
  cancelling: "Stopping…",
  dismiss: "Dismiss",
  close: "Close",
  keep: "Leave it as it is",
  undo: "Undo",
  nothingFound: "Nothing found",
  showAll: (label: string) => `Show all: ${label}`,
  pager: {
    label: "Parts of the list",
    range: (first: number, last: number, all: number) =>
      `${number(first)}–${number(last)} of ${number(all)}`,
    before: "Previous page",
    after: "Next page",
  },
  nav: {
    label: "Pages",
    periods: "Months",
    import: "Import",
    transactions: "Transactions",
    history: "History",
    settings: "Settings",
  },
  theme: {
    label: (name: string) => `Theme: ${name}. Change it`,
    system: "as the system",
    light: "light",
    dark: "dark",
  },
  footer: { docs: "API" },
  connection: {
    lost: "Live updates are interrupted; the page looks every few seconds instead.",
    offline:
      "You are offline. What you see may be old; it is brought up to date when you are back.",
  },
  signedOut: {
    title: "Sign in to go on",
    hint: "There is no password. On the machine that runs ExpenseFlow, ask for a link that signs you in once, and open it in this browser:",
    command: "expenseflow sign-in-link --user you@example.com",
    signIn: "Sign in",
    signInBeside: "Sign in, in another tab",
    stay: "This page goes on where you were as soon as you are signed in.",
  },
  crash: {
    title: "This page has stumbled",
    hint: "What was saved is on the server. What you were still typing is not kept.",
    reload: "Load the page again",
  },
  part: {
    failed: "This part of the page could not be loaded",
    hint: "The rest works on. If trying again does not help, finish what you are doing and load the page again.",
  },
  notFound: {
    title: "There is nothing here",
    hint: "The address leads nowhere.",
    home: "To your months",
  },
} as const;
