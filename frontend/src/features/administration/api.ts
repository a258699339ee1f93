import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import type { AllJobsSearch, PeopleSearch } from "@/features/administration/search";

export type OwnedJob = components["schemas"]["OwnedReportJobOut"];
export type Person = components["schemas"]["PersonOut"];
export type Alerts = components["schemas"]["AlertsOut"];

/** The keys of everything that only administrators see; invalidate by prefix. */
export const adminKeys = {
  all: ["administration"] as const,
  jobs: () => [...adminKeys.all, "jobs"] as const,
  people: () => [...adminKeys.all, "people"] as const,
  alerts: () => [...adminKeys.all, "alerts"] as const,
};

export const PAGE_SIZE = 20;
const LOOK_AGAIN_MS = 5000;
const ENDED: readonly string[] = ["Completed", "Failed", "Cancelled"];

/** A page of everybody's jobs, asked for again as long as one of them runs. */
export function allJobsQuery(search: AllJobsSearch) {
  const query = { page: 1, ...search, pageSize: PAGE_SIZE };
  return queryOptions({
    queryKey: [...adminKeys.jobs(), query],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/admin/report-jobs", { params: { query }, signal })),
    refetchInterval: ({ state }) =>
      (state.data?.items.some(({ status }) => !ENDED.includes(status)) ?? false) && LOOK_AGAIN_MS,
  });
}

/** A page of the people, by e-mail. */
export function peopleQuery(search: PeopleSearch) {
  const query = { page: 1, ...search, pageSize: PAGE_SIZE };
  return queryOptions({
    queryKey: [...adminKeys.people(), query],
    queryFn: ({ signal }) => unwrap(client.GET("/api/admin/users", { params: { query }, signal })),
  });
}

export const alertsQuery = queryOptions({
  queryKey: adminKeys.alerts(),
  queryFn: ({ signal }) => unwrap(client.GET("/api/admin/alerts", { signal })),
  refetchInterval: 4 * LOOK_AGAIN_MS,
});

export function cancelJob(id: string) {
  const params = { path: { job_id: id } };
  return unwrap(client.DELETE("/api/admin/report-jobs/{job_id}", { params }));
}

export function changePerson({ id, disabled }: { id: string; disabled: boolean }) {
  const params = { path: { user_id: id } };
  return unwrap(client.PATCH("/api/admin/users/{user_id}", { params, body: { disabled } }));
}

export function deletePerson(id: string) {
  const params = { path: { user_id: id } };
  return unwrap(client.DELETE("/api/admin/users/{user_id}", { params }));
}

export function sendTestAlert() {
  return unwrap(client.POST("/api/admin/alerts/test"));
}
