import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileText, TriangleAlert } from "lucide-react";

import { buttonLooks } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { reportJobQuery, type ReportJob } from "@/features/report-jobs/api";
import { RetryButton } from "@/features/report-jobs/retry-button";
import { isBehind, isFinished, leftSomething, newerThan } from "@/features/report-jobs/states";
import { StatusBadge, StatusIcon } from "@/features/report-jobs/status-mark";
import { formatDistance, formatMoment, formatPeriod } from "@/lib/dates";
import { formatDuration, formatElapsed, secondsUntil } from "@/lib/durations";
import { words } from "@/words";

interface Props {
  job: ReportJob;
  /** The newest jobs, the newest first: only the last one of a month can be tried again. */
  newest: readonly ReportJob[];
  now: number;
  onRetried: (job: ReportJob) => void;
}

/** A job in the history; as new as the stream or its own polling tells, while it runs. */
export function JobRow({ job: listed, newest, now, onRetried }: Props) {
  const job = useNewest(listed);
  const canRetry = leftSomething(job) && newerThan(job, newest) === undefined;
  return (
    <article
      aria-label={formatPeriod(job.period)}
      className="grid gap-x-4 gap-y-3 sm:grid-cols-[1fr_auto] sm:items-center"
    >
      <div className="grid gap-1">
        <Heading job={job} />
        <When job={job} now={now} />
        <Figures job={job} now={now} />
        {job.status === "Failed" && (
          <p className="text-sm wrap-anywhere text-destructive">
            {job.errorMessage ?? words.job.failedWithoutReason}
          </p>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2 empty:hidden sm:justify-end">
        {!isFinished(job.status) && <Bar job={job} />}
        {job.generatedReportId !== null && (
          <ReportLink reportId={job.generatedReportId} period={job.period} />
        )}
        {canRetry && <RetryButton job={job} onRetried={onRetried} variant="outline" size="sm" />}
      </div>
    </article>
  );
}

/** What the list knew, or what was heard of the job since. */
function useNewest(listed: ReportJob): ReportJob {
  const heard = useQuery({ ...reportJobQuery(listed.id), enabled: !isFinished(listed.status) });
  return heard.data === undefined || isBehind(heard.data, listed) ? listed : heard.data;
}

function Heading({ job }: { job: ReportJob }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <StatusIcon status={job.status} />
      <h2 className="font-semibold">
        <Link
          to="/jobs/$jobId"
          params={{ jobId: job.id }}
          className="underline decoration-border underline-offset-4 hover:decoration-current"
        >
          {formatPeriod(job.period)}
        </Link>
      </h2>
      <StatusBadge status={job.status} />
    </div>
  );
}

function Bar({ job }: { job: ReportJob }) {
  return (
    <div className="w-full sm:w-56">
      <Progress value={job.progressPercent} label={words.job.progress(formatPeriod(job.period))} />
    </div>
  );
}

function When({ job, now }: { job: ReportJob; now: number }) {
  const at = job.startedAt ?? job.createdAt;
  return (
    <p className="text-sm text-muted-foreground">
      <time dateTime={at}>
        {formatDistance(at, now)} · {formatMoment(at)}
      </time>
    </p>
  );
}

function Figures({ job, now }: { job: ReportJob; now: number }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted-foreground tabular-nums">
      <li>{words.history.lines(job.processedLines, job.totalLines)}</li>
      <li>{duration(job, now)}</li>
      {job.failedLines > 0 && (
        <li className="flex items-center gap-1.5 text-warning">
          <TriangleAlert aria-hidden className="size-4" />
          {words.history.flagged(job.failedLines)}
        </li>
      )}
    </ul>
  );
}

function duration({ startedAt, completedAt }: ReportJob, now: number): string {
  if (startedAt === null) {
    return words.history.notStarted;
  }
  return completedAt === null
    ? words.history.running(formatDuration(-secondsUntil(startedAt, now)))
    : words.history.took(formatElapsed(-secondsUntil(startedAt, Date.parse(completedAt))));
}

function ReportLink({ reportId, period }: { reportId: string; period: string }) {
  return (
    <Link
      to="/reports/$reportId"
      params={{ reportId }}
      aria-label={words.history.reportOf(formatPeriod(period))}
      className={buttonLooks({ variant: "outline", size: "sm" })}
    >
      <FileText aria-hidden />
      {words.history.openReport}
    </Link>
  );
}
