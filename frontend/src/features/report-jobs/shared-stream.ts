import {
  openJobEvents,
  type Listen,
  type StreamMessage,
  type StreamState,
} from "@/features/report-jobs/job-events";

type Locks = Pick<LockManager, "request">;

/** A tab that has just come asks how the stream is. */
interface Hello {
  kind: "hello";
}

/**
 * Hear the stream of jobs, of which a browser opens one for all its tabs: HTTP/1.1 allows six
 * connections a host, and a stream keeps one. The tab that holds the lock has the stream and
 * passes on what it hears; when it closes, the next in line takes over. Without locks (an address
 * that the browser does not trust) each tab has its own.
 *
 * Only tabs of the same `person` (an id) share: one tab may still hear the one who has signed out
 * when another person has signed in beside it.
 *
 * @returns what ends it
 */
export function shareJobEvents(
  person: string,
  listen: Listen,
  locks: Locks | null = "locks" in navigator ? navigator.locks : null,
): () => void {
  if (locks === null) {
    return openJobEvents(listen);
  }
  const name = `expenseflow:job-events:${person}`;
  const channel = new BroadcastChannel(name);
  const leaving = new AbortController();
  const { signal } = leaving;
  channel.onmessage = ({ data }: MessageEvent<StreamMessage | Hello>) => {
    if (data.kind !== "hello") {
      listen(data);
    }
  };
  channel.postMessage({ kind: "hello" } satisfies Hello);
  locks
    .request(name, { signal }, () => lead(channel, listen, signal))
    .catch((error: unknown) => {
      if (!signal.aborted) {
        throw error;
      }
    });
  return () => {
    leaving.abort();
    channel.close();
  };
}

/** Has the stream until this tab leaves. */
async function lead(channel: BroadcastChannel, listen: Listen, leaving: AbortSignal) {
  if (leaving.aborted) {
    return; // the lock was on its way already
  }
  let state: StreamState = "connecting";
  channel.addEventListener("message", ({ data }: MessageEvent<StreamMessage | Hello>) => {
    if (data.kind === "hello") {
      channel.postMessage({ kind: "state", state } satisfies StreamMessage);
    }
  });
  const close = openJobEvents((message) => {
    state = message.kind === "state" ? message.state : state;
    listen(message);
    channel.postMessage(message);
  });
  await new Promise((resolve) => leaving.addEventListener("abort", resolve, { once: true }));
  close();
}
