import { NoAnswer, ProblemError } from "@/api/problem-error";
import { words } from "@/words";

/** What went wrong, in words for a person, and what can be done about it. */
export interface Trouble {
  kind: "offline" | "unreachable" | "signedOut" | "refused" | "busy" | "unavailable" | "broken";
  title: string;
  detail: string;
  /** Worth the same call again, unchanged. */
  canRetry: boolean;
  /** A job of this month is under way already; show it. */
  existingJobId?: string;
  /** For whoever runs the server to find it in the log. */
  reference?: string;
}

type Describe = (error: ProblemError) => Trouble;

const signedOut: Describe = () => ({
  kind: "signedOut",
  ...words.problem.signedOut,
  canRetry: true, // once they are signed in again
});

const busy: Describe = ({ retryAfter }) => ({
  kind: "busy",
  title: words.problem.busy.title,
  detail: words.problem.busy.detail(retryAfter),
  canRetry: true,
});

const unavailable: Describe = ({ retryAfter }) => ({
  kind: "unavailable",
  title: words.problem.unavailable.title,
  detail: words.problem.unavailable.detail(retryAfter),
  canRetry: true,
});

const broken: Describe = (error) => ({
  kind: "broken",
  ...words.problem.broken,
  canRetry: true,
  ...(error.requestId === undefined ? {} : { reference: error.requestId }),
});

/** The server's own words: it knows best why it will not do this. */
const refused: Describe = ({ problem, message }) => ({
  kind: "refused",
  title: problem.title ?? message,
  detail: problem.detail ?? message,
  canRetry: false,
  ...(problem.existingJobId === undefined ? {} : { existingJobId: problem.existingJobId }),
});

/** Of these the server says better than a status can what else may be done: take another format. */
const TOLD: readonly string[] = ["pdf-took-too-long", "pdf-not-made"];

function isTold({ problem }: ProblemError): boolean {
  return TOLD.some((slug) => problem.type?.endsWith(`/${slug}`) === true);
}

const BY_STATUS: Partial<Record<number, Describe>> = {
  401: signedOut,
  429: busy,
  502: unavailable,
  503: unavailable,
  504: unavailable,
};

/** The one place where an error becomes words. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ProblemError && isTold(error)) {
    return { ...refused(error), canRetry: true };
  }
  if (error instanceof ProblemError) {
    const describe = BY_STATUS[error.status] ?? (error.status >= 500 ? broken : refused);
    return describe(error);
  }
  if (error instanceof NoAnswer) {
    const kind = navigator.onLine ? "unreachable" : "offline";
    return { kind, ...words.problem[kind], canRetry: true };
  }
  return { kind: "broken", ...words.problem.broken, canRetry: true };
}
