import { focusManager, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";

import { reportJobKeys, reportJobQuery, type ReportJob } from "@/features/report-jobs/api";
import type { StreamMessage, StreamState } from "@/features/report-jobs/job-events";
import { shareJobEvents } from "@/features/report-jobs/shared-stream";
import { isFinished } from "@/features/report-jobs/states";

/** Without the stream nobody tells what began or ended elsewhere: it is asked for. */
const LOOK_AGAIN_MS = 4000;

/**
 * Keep what is cached about jobs as new as the server tells; use it once, high up.
 *
 * `person` is the id of who is signed in; `onStatus` is told when a job begins or ends, or may
 * have, for what else depends on that. Everything works without the stream too, a little later:
 * `useReportJob` asks again by itself, and the rest is looked at every few seconds.
 */
export function useJobStream(person: string, onStatus: () => void): StreamState {
  const queries = useQueryClient();
  const [state, setState] = useState<StreamState>("connecting");
  const look = useEffectEvent(() => {
    void queries.invalidateQueries({ queryKey: reportJobKeys.lists() });
    onStatus();
  });
  const hear = useEffectEvent((message: StreamMessage) => {
    if (message.kind === "state") {
      setState(message.state);
    } else if (feed(queries, message)) {
      look();
    }
  });
  useEffect(() => shareJobEvents(person, (message) => hear(message)), [person]);
  useEffect(() => {
    if (state === "live") {
      return;
    }
    const timer = setInterval(() => focusManager.isFocused() && look(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [state]);
  return state;
}

/** Put into the cache what was told; true if a status may have changed. */
function feed(queries: QueryClient, message: Exclude<StreamMessage, { kind: "state" }>): boolean {
  if (message.kind === "job") {
    return keep(queries, message.job);
  }
  message.jobs.forEach((job) => keep(queries, job));
  askForTheMissing(queries, new Set(message.jobs.map((job) => job.id)));
  return true; // what happened before the stream was there, nobody told
}

function keep(queries: QueryClient, job: ReportJob): boolean {
  const { queryKey } = reportJobQuery(job.id);
  const before = queries.getQueryData(queryKey)?.status;
  queries.setQueryData(queryKey, job);
  return before !== job.status;
}

/** A snapshot holds all that runs: what we think runs and is not in it has ended unheard. */
function askForTheMissing(queries: QueryClient, running: ReadonlySet<string>): void {
  const known = queries.getQueriesData<ReportJob>({ queryKey: reportJobKeys.details() });
  for (const [queryKey, job] of known) {
    if (job !== undefined && !isFinished(job.status) && !running.has(job.id)) {
      void queries.invalidateQueries({ queryKey });
    }
  }
}
