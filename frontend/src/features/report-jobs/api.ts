import { queryOptions, replaceEqualDeep } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import { isNowhere } from "@/api/problem-error";
import type { components, operations } from "@/api/schema.gen";
import { isBehind, pollEvery } from "@/features/report-jobs/states";

export type ReportJob = components["schemas"]["ReportJobOut"];
export type ReportJobFilters = NonNullable<operations["listReportJobs"]["parameters"]["query"]>;

/** The keys of everything cached about report jobs; invalidate by prefix. */
export const reportJobKeys = {
  all: ["report-jobs"] as const,
  lists: () => [...reportJobKeys.all, "list"] as const,
  list: (filters: ReportJobFilters) => [...reportJobKeys.lists(), filters] as const,
  details: () => [...reportJobKeys.all, "detail"] as const,
  detail: (id: string) => [...reportJobKeys.details(), id] as const,
};

/** One job, asked for again as long as it runs. */
export function reportJobQuery(id: string) {
  return queryOptions({
    queryKey: reportJobKeys.detail(id),
    queryFn: ({ signal }) => fetchJob(id, signal),
    refetchInterval: ({ state }) => !isNowhere(state.error) && pollEvery(state.data?.status),
    structuralSharing: (kept, heard) => later(kept, heard),
  });
}

/** A page of jobs, newest first. */
export function reportJobListQuery(filters: ReportJobFilters) {
  return queryOptions({
    queryKey: reportJobKeys.list(filters),
    queryFn: ({ signal }) => fetchJobs(filters, signal),
  });
}

/** A poll that was on its way while the stream told more must not turn the progress back. */
function later(kept: unknown, heard: unknown): unknown {
  const isStale = kept !== undefined && isBehind(heard as ReportJob, kept as ReportJob);
  return isStale ? kept : replaceEqualDeep(kept, heard);
}

function fetchJob(id: string, signal: AbortSignal) {
  const params = { path: { job_id: id } };
  return unwrap(client.GET("/api/report-jobs/{job_id}", { params, signal }));
}

function fetchJobs(query: ReportJobFilters, signal: AbortSignal) {
  return unwrap(client.GET("/api/report-jobs", { params: { query }, signal }));
}

export function createJob(period: string) {
  return unwrap(client.POST("/api/report-jobs", { body: { period } }));
}

export function cancelJob(id: string) {
  return unwrap(client.DELETE("/api/report-jobs/{job_id}", { params: { path: { job_id: id } } }));
}

/** A new job of the same month for what this one left open or flagged. */
export function retryJob(id: string) {
  const params = { path: { job_id: id } };
  return unwrap(client.POST("/api/report-jobs/{job_id}/retry", { params }));
}
