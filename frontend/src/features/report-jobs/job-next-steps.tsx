import { Link } from "@tanstack/react-router";
import { FileText, ListChecks } from "lucide-react";

import { buttonLooks } from "@/components/ui/button";
import type { ReportJob } from "@/features/report-jobs/api";
import { RetryButton } from "@/features/report-jobs/retry-button";
import { isFinished, leftSomething } from "@/features/report-jobs/states";
import { words } from "@/words";

interface Props {
  job: ReportJob;
  /** A later job of the same month: then this one cannot be tried again. */
  newer: ReportJob | undefined;
  onRetried: (job: ReportJob) => void;
}

/** What a person can do once a job has finished. */
export function JobNextSteps({ job, newer, onRetried }: Props) {
  if (!isFinished(job.status)) {
    return null;
  }
  const { next } = words.job;
  return (
    <div className="grid gap-3 border-t pt-4">
      <p className="text-sm">{advice(job, newer)}</p>
      <div className="flex flex-wrap items-center gap-2">
        {job.generatedReportId !== null && (
          <ReportLink reportId={job.generatedReportId} isFlagged={job.failedLines > 0} />
        )}
        {newer !== undefined && (
          <Link
            to="/jobs/$jobId"
            params={{ jobId: newer.id }}
            className={buttonLooks({ variant: "outline" })}
          >
            {next.showNewer}
          </Link>
        )}
        {newer === undefined && leftSomething(job) && (
          <RetryButton
            job={job}
            onRetried={onRetried}
            variant={job.generatedReportId === null ? "default" : "outline"}
          />
        )}
      </div>
    </div>
  );
}

function advice(job: ReportJob, newer: ReportJob | undefined): string {
  const { advice: say } = words.job.next;
  if (newer !== undefined) {
    return say.newer;
  }
  if (job.status === "Completed") {
    return job.failedLines > 0 ? say.flagged : say.done;
  }
  return job.status === "Failed" ? say.failed : say.cancelled;
}

function ReportLink({ reportId, isFlagged }: { reportId: string; isFlagged: boolean }) {
  const { next } = words.job;
  return (
    <Link to="/reports/$reportId" params={{ reportId }} className={buttonLooks({})}>
      {isFlagged ? <ListChecks aria-hidden /> : <FileText aria-hidden />}
      {isFlagged ? next.review : next.open}
    </Link>
  );
}
