import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type Period = components["schemas"]["PeriodOut"];
export type Report = components["schemas"]["ReportOut"];

export const periodKeys = {
  all: ["periods"] as const,
  months: () => [...periodKeys.all, "months"] as const,
  reports: () => [...periodKeys.all, "reports"] as const,
};

/** The largest page there is: eight years of months. */
const query = { pageSize: 100 };

/** The months that have transactions, newest first. */
export const periodsQuery = queryOptions({
  queryKey: periodKeys.months(),
  queryFn: ({ signal }) => unwrap(client.GET("/api/periods", { params: { query }, signal })),
});

/** The reports of these months, newest first. */
export const periodReportsQuery = queryOptions({
  queryKey: periodKeys.reports(),
  queryFn: ({ signal }) => unwrap(client.GET("/api/reports", { params: { query }, signal })),
});
