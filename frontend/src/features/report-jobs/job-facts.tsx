import { TriangleAlert } from "lucide-react";

import type { ReportJob } from "@/features/report-jobs/api";
import { formatDuration, secondsUntil } from "@/lib/durations";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

const NEARLY_DONE_S = 5;

/** The numbers below the bar: lines, place in the queue, time left, what is left for a person. */
export function JobFacts({ job, heardAt }: { job: ReportJob; heardAt: number }) {
  const facts = [lines(job), queue(job), timeLeft(job, heardAt)].filter((fact) => fact !== null);
  return (
    <>
      {facts.length > 0 && (
        <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted-foreground tabular-nums">
          {facts.map((fact) => (
            <li key={fact}>{fact}</li>
          ))}
        </ul>
      )}
      {job.status === "Completed" && job.failedLines > 0 && (
        <p className="flex items-center gap-2 text-sm text-warning">
          <TriangleAlert aria-hidden className="size-4 shrink-0" />
          {words.job.manual(job.failedLines)}
        </p>
      )}
    </>
  );
}

function lines(job: ReportJob): string {
  return words.job.lines(formatCount(job.processedLines), formatCount(job.totalLines));
}

function queue(job: ReportJob): string | null {
  const isBehind = job.status === "Pending" && (job.queuePosition ?? 0) > 0;
  return isBehind ? words.job.ahead(job.queuePosition ?? 0) : null;
}

/** As of when the job was heard of, so that it changes with the data and not with the clock. */
function timeLeft(job: ReportJob, heardAt: number): string | null {
  if (job.status !== "Processing" || job.estimatedCompletionAt === null) {
    return null;
  }
  const seconds = secondsUntil(job.estimatedCompletionAt, heardAt);
  return seconds < NEARLY_DONE_S ? words.job.nearlyDone : words.job.left(formatDuration(seconds));
}
