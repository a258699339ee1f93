import { useId, type ReactNode } from "react";

import { Fact, Facts } from "@/components/ui/facts";
import type { ReportJob } from "@/features/report-jobs/api";
import { useRate } from "@/features/report-jobs/rate";
import { isFinished } from "@/features/report-jobs/states";
import { formatMoment } from "@/lib/dates";
import { formatDuration, formatElapsed, secondsUntil } from "@/lib/durations";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

interface Props {
  job: ReportJob;
  /** When this state of it was heard of (milliseconds). */
  heardAt: number;
  /** What holds the AI service back right now. */
  children?: ReactNode;
}

/** When, how quickly, and what the AI service was asked for it. */
export function JobPace({ job, heardAt, children }: Props) {
  const heading = useId();
  const rate = useRate(job, heardAt);
  const { title, name, lines } = words.job.pace;
  return (
    <section aria-labelledby={heading} className="grid gap-4">
      <h2 id={heading} className="text-lg font-semibold">
        {title}
      </h2>
      <Facts>
        <Fact name={name.asked}>{formatMoment(job.createdAt)}</Fact>
        <Fact name={name.duration}>{duration(job, heardAt)}</Fact>
        {!isFinished(job.status) && (
          <>
            <Fact name={name.rate}>{rateInWords(job, rate)}</Fact>
            <Fact name={name.left}>{timeLeft(job, heardAt)}</Fact>
          </>
        )}
        <Fact name={name.calls}>
          {words.job.pace.calls(job.usage.calls, job.usage.rejectedCalls)}
        </Fact>
        <Fact name={name.waited}>{waited(job)}</Fact>
        <Fact name={name.tokens}>
          {lines.tokens(
            formatCount(job.usage.promptTokens),
            formatCount(job.usage.completionTokens),
          )}
        </Fact>
      </Facts>
      {children}
    </section>
  );
}

/** From its start to its end, or until it was last heard of. */
function duration({ startedAt, completedAt, status }: ReportJob, heardAt: number): string {
  const { lines } = words.job.pace;
  if (startedAt === null) {
    return isFinished(status) ? lines.neverStarted : lines.notStarted;
  }
  const end = completedAt === null ? heardAt : Date.parse(completedAt);
  const spent = -secondsUntil(startedAt, end);
  return isFinished(status) ? lines.took(formatElapsed(spent)) : lines.soFar(formatDuration(spent));
}

function rateInWords(job: ReportJob, rate: number | null): string {
  const { lines } = words.job.pace;
  if (job.status !== "Processing") {
    return lines.notStarted;
  }
  if (rate === null) {
    return lines.rateUnknown;
  }
  return rate === 0 ? lines.standsStill : lines.rate(Math.max(1, Math.round(rate)));
}

function timeLeft(job: ReportJob, heardAt: number): string {
  if (job.estimatedCompletionAt === null) {
    return words.job.pace.lines.leftUnknown;
  }
  const seconds = Math.max(0, secondsUntil(job.estimatedCompletionAt, heardAt));
  return words.job.pace.lines.left(formatDuration(seconds));
}

function waited({ usage }: ReportJob): string {
  const { lines } = words.job.pace;
  return usage.waitedSeconds < 1 ? lines.noWait : formatElapsed(usage.waitedSeconds);
}
