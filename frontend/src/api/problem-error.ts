import type { components } from "@/api/schema.gen";

/** A problem of the API (RFC 9457) with the members that some types add. */
export type Problem = components["schemas"]["Problem"] & {
  readonly existingJobId?: string;
  readonly reportIds?: readonly string[];
  /** The line as it is now, where an older version was to be changed. */
  readonly current?: components["schemas"]["LineOut"];
};

/** The server answered, and said no. */
export class ProblemError extends Error {
  readonly status: number;
  readonly problem: Partial<Problem>;
  /** Seconds, as `Retry-After` says. */
  readonly retryAfter: number | undefined;
  readonly requestId: string | undefined;

  constructor(response: Response, problem: unknown) {
    const told: Partial<Problem> = typeof problem === "object" && problem !== null ? problem : {};
    super(told.detail ?? told.title ?? `HTTP ${response.status}`);
    this.name = "ProblemError";
    this.status = response.status;
    this.problem = told;
    this.retryAfter = retryAfterOf(response);
    this.requestId = response.headers.get("X-Request-ID") ?? undefined;
  }
}

/** There was no answer at all. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super("no answer", { cause });
    this.name = "NoAnswer";
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401;
}

/** Nobody's, or not even an id: it does not come by being asked for again. */
export function isNowhere(error: unknown): boolean {
  return error instanceof ProblemError && [400, 404].includes(error.status);
}

function retryAfterOf(response: Response): number | undefined {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined;
}
