import { counted } from "./counted";

const seconds = (count: number) => counted(count, "second", "seconds");

export const problem = {
  offline: {
    title: "You are offline",
    detail: "Nothing was lost. Try again when you are connected.",
  },
  unreachable: {
    title: "The server does not answer",
    detail: "It may be starting again. Try again in a moment.",
  },
  signedOut: {
    title: "You were signed out",
    detail: "This was not done. Sign in again, then try it once more.",
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
} as const;
