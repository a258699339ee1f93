import { useState } from "react";

import type { ReportJob } from "@/features/report-jobs/api";

/** How many lines were done at a moment (milliseconds). */
export interface Heard {
  at: number;
  lines: number;
}

const WINDOW_MS = 60_000;
const LEAST_MS = 8000;

/** What was heard within the last minute, and the last before it, from which that minute counts. */
export function remember(heard: readonly Heard[], next: Heard): readonly Heard[] {
  const all = [...heard, next];
  const first = all.findIndex(({ at }) => at >= next.at - WINDOW_MS);
  return all.slice(Math.max(0, first - 1));
}

/** Lines per minute; null while too little was heard to say. */
export function rateOf(heard: readonly Heard[]): number | null {
  const first = heard[0];
  const last = heard.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < LEAST_MS) {
    return null;
  }
  return ((last.lines - first.lines) / (last.at - first.at)) * 60_000;
}

/**
 * Lines per minute of a job as it is heard of. It counts from when this page began to watch, since
 * a job that goes on from an earlier one begins with lines that took no time.
 */
export function useRate(job: ReportJob, heardAt: number): number | null {
  const [heard, setHeard] = useState<readonly Heard[]>([]);
  if (job.status === "Processing" && heard.at(-1)?.at !== heardAt) {
    setHeard(remember(heard, { at: heardAt, lines: job.processedLines }));
  }
  return job.status === "Processing" ? rateOf(heard) : null;
}
