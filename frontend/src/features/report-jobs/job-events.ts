import type { ReportJob } from "@/features/report-jobs/api";

export type StreamState = "connecting" | "live" | "lost";
export type StreamMessage =
  | { kind: "snapshot"; jobs: readonly ReportJob[] }
  | { kind: "job"; job: ReportJob }
  | { kind: "state"; state: StreamState };
export type Listen = (message: StreamMessage) => void;

const ADDRESS = "/api/report-jobs/events";
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Open the stream of all jobs of this person, and open it again whenever it breaks.
 *
 * A browser comes back by itself after a broken connection, but gives up for good after an answer
 * that is no stream (401, 429, 503): then this comes back, after a wait that doubles.
 *
 * @returns what closes it
 */
export function openJobEvents(listen: Listen): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT_MS;

  function open(): void {
    source = new EventSource(ADDRESS);
    source.addEventListener("snapshot", (event) => {
      wait = FIRST_WAIT_MS;
      listen({ kind: "state", state: "live" });
      listen({ kind: "snapshot", jobs: read(event) as ReportJob[] });
    });
    source.addEventListener("job", (event) =>
      listen({ kind: "job", job: read(event) as ReportJob }),
    );
    source.addEventListener("error", comeBack);
  }

  function comeBack(): void {
    listen({ kind: "state", state: "lost" });
    if (source?.readyState === EventSource.CLOSED) {
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

// The schema describes each event as the same JSON that the routes answer.
function read(event: MessageEvent): unknown {
  return JSON.parse(String(event.data));
}
