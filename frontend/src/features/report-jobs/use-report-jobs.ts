import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import {
  cancelJob,
  createJob,
  reportJobKeys,
  reportJobListQuery,
  reportJobQuery,
  retryJob,
  type ReportJob,
  type ReportJobFilters,
} from "@/features/report-jobs/api";

export { reportJobKeys } from "@/features/report-jobs/api";

/** One job: asked for every 2 s while Processing, every 5 s while Pending, no more once finished. */
export function useReportJob(id: string) {
  return useQuery(reportJobQuery(id));
}

/** Jobs, newest first. */
export function useReportJobList(filters: ReportJobFilters = {}) {
  return useQuery(reportJobListQuery(filters));
}

/** Start the report of a month (`YYYY-MM`). A 409 carries the `existingJobId`. */
export function useCreateReportJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: createJob,
    onSuccess: (job) => keep(queries, job),
  });
}

/** Cancel a job by its id; what it returns may still be stopping. */
export function useCancelReportJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: cancelJob,
    onSuccess: (job) => keep(queries, job),
    // It may have finished in the meantime: then the truth is shown, beside the refusal.
    onError: (_, id) => queries.invalidateQueries({ queryKey: reportJobKeys.detail(id) }),
  });
}

/** Start a new job for what a finished one left open or flagged, by its id. */
export function useRetryReportJob() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: retryJob,
    onSuccess: (job) => keep(queries, job),
    // Refused: another job may stand in its place by now, and the lists shall show it.
    onError: () => queries.invalidateQueries({ queryKey: reportJobKeys.lists() }),
  });
}

async function keep(queries: QueryClient, job: ReportJob): Promise<void> {
  queries.setQueryData(reportJobKeys.detail(job.id), job);
  await queries.invalidateQueries({ queryKey: reportJobKeys.lists() });
}
