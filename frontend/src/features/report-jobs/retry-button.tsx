import { Link } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button, buttonLooks } from "@/components/ui/button";
import type { ReportJob } from "@/features/report-jobs/api";
import { useRetryReportJob } from "@/features/report-jobs/use-report-jobs";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  job: ReportJob;
  variant?: "default" | "outline";
  size?: "default" | "sm";
  /** Told the new job. */
  onRetried: (job: ReportJob) => void;
}

/** Goes on with what a finished job left, and says beside it why that is refused. */
export function RetryButton({ job, onRetried, ...looks }: Props) {
  const retry = useRetryReportJob();
  const action = job.status === "Failed" ? words.job.next.retry : words.job.next.again[job.status];
  return (
    <>
      <Button
        {...looks}
        disabled={retry.isPending}
        focusableWhenDisabled
        aria-label={words.job.next.of(action, formatPeriod(job.period))}
        onClick={() => retry.mutate(job.id, { onSuccess: onRetried })}
      >
        <RotateCcw aria-hidden />
        {action}
      </Button>
      {retry.error !== null && <Refusal error={retry.error} />}
    </>
  );
}

function Refusal({ error }: { error: Error }) {
  const { title, detail, existingJobId } = troubleOf(error);
  const action = existingJobId !== undefined && (
    <Link
      to="/jobs/$jobId"
      params={{ jobId: existingJobId }}
      className={buttonLooks({ variant: "outline", size: "sm" })}
    >
      {words.job.next.showRunning}
    </Link>
  );
  return (
    <Alert title={title} action={action}>
      {detail}
    </Alert>
  );
}
