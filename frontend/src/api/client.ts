import createClient from "openapi-fetch";

import { NoAnswer, ProblemError } from "@/api/problem-error";
import type { paths } from "@/api/schema.gen";
import { hearClock } from "@/api/server-clock";

/** The API of the server this page came from; the browser sends the session cookie along. */
export const client = createClient<paths>({
  baseUrl: globalThis.location.origin,
  credentials: "same-origin",
  // Looked up at each call, so that who replaces `fetch` (a test) is heard.
  fetch: (request) => globalThis.fetch(request),
});

client.use({ onResponse: ({ response }) => hearClock(response) });

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * The body of an answer.
 *
 * @throws ProblemError when the server said no; NoAnswer when it said nothing.
 */
export async function unwrap<Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const answer = await call.catch(passOn);
  if (!answer.response.ok) {
    throw new ProblemError(answer.response, answer.error);
  }
  // 204 has no body; what it is unwrapped as is `undefined`, which nobody reads.
  return answer.data as NonNullable<Data>;
}

function passOn(cause: unknown): never {
  if (cause instanceof Error && cause.name === "AbortError") {
    throw cause; // the query was cancelled, which is no failure
  }
  throw new NoAnswer(cause);
}
