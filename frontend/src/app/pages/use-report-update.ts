import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useWatchedJob } from "@/app/pages/use-watched-job";
import { periodKeys, periodReportsQuery, periodsQuery } from "@/features/periods/api";
import { leftOver } from "@/features/periods/next-step";
import { useCreateReportJob } from "@/features/report-jobs/use-report-jobs";
import { reportKeys, type Report } from "@/features/reports/api";

/** The job that makes this report anew, or one of the rest of its month: begun here or elsewhere. */
export function useReportUpdate(report: Report) {
  const queries = useQueryClient();
  const { mutate, error, reset, isPending } = useCreateReportJob();
  const { activeJobId, left } = useMonth(report.period);
  const [jobId, watch] = useWatchedJob(activeJobId);
  const [begun, setBegun] = useState<string>();
  const [madeReportId, setMade] = useState<string>();

  return {
    /** The job to watch. */
    jobId,
    /** It was begun on this page, so the focus goes to it. */
    isBegunHere: jobId !== null && jobId === begun,
    /** Transactions of the month that stand on no submitted report. */
    left,
    /** What the job has made, when it has. */
    madeReportId,
    error,
    isStarting: isPending,
    watch: (existingJobId: string) => {
      watch(existingJobId);
      reset();
    },
    /** What was made has been seen. */
    dismiss: () => watch(null),
    start: () => {
      setMade(undefined);
      mutate(report.period, {
        onSuccess: (job) => {
          setBegun(job.id);
          watch(job.id);
          void queries.invalidateQueries({ queryKey: periodKeys.all });
        },
      });
    },
    complete: (reportId: string) => {
      setMade(reportId);
      void queries.invalidateQueries({ queryKey: reportKeys.all });
      void queries.invalidateQueries({ queryKey: periodKeys.all });
    },
  };
}

export type ReportUpdate = ReturnType<typeof useReportUpdate>;

function useMonth(period: string) {
  const { data: months } = useQuery(periodsQuery);
  const { data: reports } = useQuery(periodReportsQuery);
  const month = months?.items.find((each) => each.period === period);
  return {
    activeJobId: month?.activeJobId ?? null,
    left: month === undefined || reports === undefined ? 0 : leftOver(month, reports.items),
  };
}
