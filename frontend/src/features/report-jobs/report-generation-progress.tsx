import { X } from "lucide-react";
import { useEffect, useEffectEvent, useId, useLayoutEffect, useRef } from "react";

import { troubleOf } from "@/api/problems";
import { onServerClock } from "@/api/server-clock";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { RetryAlert } from "@/components/ui/retry-alert";
import { Skeleton } from "@/components/ui/skeleton";
import type { ReportJob } from "@/features/report-jobs/api";
import { JobAnnouncement } from "@/features/report-jobs/job-announcement";
import { JobFacts } from "@/features/report-jobs/job-facts";
import { canCancel, isFinished } from "@/features/report-jobs/states";
import { StatusBadge, StatusIcon } from "@/features/report-jobs/status-mark";
import { useCancelReportJob, useReportJob } from "@/features/report-jobs/use-report-jobs";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  jobId: string;
  /** Told the id of the report once for each job, when it has completed. */
  onComplete?: (reportId: string) => void;
}

/** A report being made: how far it is, how long it takes, and a way to stop it. */
export function ReportGenerationProgress({ jobId, onComplete }: Props) {
  const { data: job, error, refetch, dataUpdatedAt } = useReportJob(jobId);
  useCompletion(job, onComplete);
  if (job !== undefined) {
    return <JobProgress job={job} heardAt={onServerClock(dataUpdatedAt)} />;
  }
  if (error !== null) {
    const { title, detail } = troubleOf(error);
    return (
      <RetryAlert title={title} onRetry={() => void refetch()}>
        {detail}
      </RetryAlert>
    );
  }
  return <Skeleton className="h-24" label={words.loading} />;
}

function useCompletion(job: ReportJob | undefined, onComplete: Props["onComplete"]): void {
  const told = useRef<string>(undefined); // of which job: several may make the same report
  const jobId = job?.id;
  const complete = useEffectEvent((reportId: string) => onComplete?.(reportId));
  const reportId = job?.status === "Completed" ? job.generatedReportId : null;
  useEffect(() => {
    if (reportId !== null && told.current !== jobId) {
      told.current = jobId;
      complete(reportId);
    }
  }, [jobId, reportId]);
}

function JobProgress({ job, heardAt }: { job: ReportJob; heardAt: number }) {
  const headingId = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const period = formatPeriod(job.period);
  return (
    <section aria-labelledby={headingId} className="grid gap-3">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <StatusIcon status={job.status} />
        <h3 ref={heading} id={headingId} tabIndex={-1} className="font-medium">
          {words.job.title(period)}
        </h3>
        <StatusBadge status={job.status} />
        {canCancel(job.status) && (
          <CancelButton id={job.id} onLost={() => heading.current?.focus()} />
        )}
      </header>
      {job.status !== "Failed" && (
        <>
          <Progress
            value={job.progressPercent}
            label={words.job.progress(period)}
            isOver={isFinished(job.status)}
          />
          <p className="text-sm">{job.statusMessage}</p>
        </>
      )}
      <JobFacts job={job} heardAt={heardAt} />
      {job.status === "Failed" && (
        <Alert title={words.job.failed}>{job.errorMessage ?? words.job.failedWithoutReason}</Alert>
      )}
      <JobAnnouncement job={job} />
    </section>
  );
}

interface CancelProps {
  id: string;
  /** There is nothing left to cancel, and the keyboard was here. */
  onLost: () => void;
}

function CancelButton({ id, onLost }: CancelProps) {
  const { mutate, isPending, error } = useCancelReportJob();
  const button = useRef<HTMLButtonElement>(null);
  const lose = useEffectEvent(onLost);
  useLayoutEffect(() => {
    const mine = button.current;
    return () => {
      if (document.activeElement === mine) {
        lose();
      }
    };
  }, []);
  return (
    <>
      <Button
        ref={button}
        variant="outline"
        size="sm"
        className="ml-auto"
        disabled={isPending}
        focusableWhenDisabled
        onClick={() => mutate(id)}
      >
        <X aria-hidden />
        {isPending ? words.cancelling : words.cancel}
      </Button>
      {error !== null && <Alert title={troubleOf(error).title}>{troubleOf(error).detail}</Alert>}
    </>
  );
}
