import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, type ReactNode } from "react";

import { troubleOf } from "@/api/problems";
import { useWatchedJob } from "@/app/pages/use-watched-job";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { periodKeys, type Period, type Report } from "@/features/periods/api";
import type { Downloads } from "@/features/periods/downloads";
import { standingOf } from "@/features/periods/next-step";
import { PeriodCard } from "@/features/periods/period-card";
import type { ReportJob } from "@/features/report-jobs/api";
import { ReportGenerationProgress } from "@/features/report-jobs/report-generation-progress";
import { useCreateReportJob } from "@/features/report-jobs/use-report-jobs";
import { words } from "@/words";

interface Props {
  period: Period;
  reports: readonly Report[];
  latestJob: ReportJob | undefined;
  downloads: Downloads;
}

/** A month with its job: started here, watched here. */
export function Month({ period, reports, latestJob, downloads }: Props) {
  const refresh = useRefresh();
  const start = useCreateReportJob();
  const [watched, watch] = useWatchedJob(period.activeJobId);
  const failedJobId = latestJob?.status === "Failed" ? latestJob.id : undefined;
  const standing = standingOf(period, { reports, failedJobId });
  const shown = watched ?? (standing.state === "failed" ? standing.jobId : null);

  function begin(): void {
    start.mutate(period.period, {
      onSuccess: (job) => {
        watch(job.id);
        refresh();
      },
    });
  }

  return (
    <PeriodCard {...{ period, standing, downloads }} isStarting={start.isPending} onStart={begin}>
      {start.error !== null && (
        <Refusal
          error={start.error}
          onShow={(jobId) => {
            watch(jobId);
            start.reset();
          }}
        />
      )}
      {shown !== null && (
        <TakesFocus key={shown} when={start.data?.id === shown}>
          <ReportGenerationProgress jobId={shown} onComplete={refresh} />
        </TakesFocus>
      )}
    </PeriodCard>
  );
}

function useRefresh(): () => void {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: periodKeys.all });
}

function Refusal({ error, onShow }: { error: unknown; onShow: (jobId: string) => void }) {
  const { title, detail, existingJobId } = troubleOf(error);
  const action = existingJobId !== undefined && (
    <Button variant="outline" size="sm" onClick={() => onShow(existingJobId)}>
      {words.periods.showRunning}
    </Button>
  );
  return (
    <Alert title={title} action={action}>
      {detail}
    </Alert>
  );
}

/** The button that was pressed has gone: who uses the keyboard goes on from what replaced it. */
function TakesFocus({ when, children }: { when: boolean; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (when) {
      place.current?.focus();
    }
  }, [when]);
  return (
    <div ref={place} tabIndex={-1} className="border-t pt-4">
      {children}
    </div>
  );
}
