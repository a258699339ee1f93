import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components, operations } from "@/api/schema.gen";

export type Report = components["schemas"]["ReportOut"];
export type ReportTotals = components["schemas"]["expenseflow__reports__review_schemas__TotalsOut"];
export type CurrencyTotals = components["schemas"]["CurrencyTotalsOut"];
export type CodeTotal = components["schemas"]["CodeTotalOut"];
export type ExportFormat = "pdf" | "xlsx" | "csv" | "journal-csv";

type LineFilters = NonNullable<operations["listLines"]["parameters"]["query"]>;

export const reportKeys = {
  all: ["reports"] as const,
  report: (id: string) => [...reportKeys.all, "report", id] as const,
  totals: (id: string) => [...reportKeys.all, "totals", id] as const,
  left: (id: string) => [...reportKeys.all, "left", id] as const,
};

const path = (id: string) => ({ path: { report_id: id } });

/** One report, without its lines. */
export function reportQuery(id: string) {
  return queryOptions({
    queryKey: reportKeys.report(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/reports/{report_id}", { params: path(id), signal })),
  });
}

/** What its lines add up to. */
export function totalsQuery(id: string) {
  return queryOptions({
    queryKey: reportKeys.totals(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/reports/{report_id}/totals", { params: path(id), signal })),
  });
}

const FIRST_FEW: LineFilters = { needsReview: true, sort: "-needsReview", pageSize: 5 };

/** The first few lines that still need a look, the least sure first. */
export function leftToReviewQuery(id: string) {
  return queryOptions({
    queryKey: reportKeys.left(id),
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/reports/{report_id}/lines", {
          params: { ...path(id), query: FIRST_FEW },
          signal,
        }),
      ),
    staleTime: 0, // a question must not be asked with old facts
  });
}

export function submitReport(id: string, acceptUnreviewed: boolean) {
  const body = { acceptUnreviewed };
  return unwrap(client.POST("/api/reports/{report_id}/submit", { params: path(id), body }));
}

export function reopenReport(id: string) {
  return unwrap(client.POST("/api/reports/{report_id}/reopen", { params: path(id) }));
}

export function deleteReport(id: string) {
  return unwrap(client.DELETE("/api/reports/{report_id}", { params: path(id) }));
}

/** The report as a file, with the name the server gave it. */
export async function fetchExport(id: string, format: ExportFormat) {
  const params = { ...path(id), query: { format } };
  const call = client.GET("/api/reports/{report_id}/export", { params, parseAs: "blob" });
  const content: Blob = await unwrap(call);
  const { response } = await call;
  const name = fileNameOf(response.headers.get("Content-Disposition"));
  return { content, name: name ?? `expense-report.${format === "journal-csv" ? "csv" : format}` };
}

/** `attachment; filename="expense-report-2026-01.pdf"` names the file between the quotes. */
function fileNameOf(disposition: string | null): string | undefined {
  return /filename="([^"]+)"/.exec(disposition ?? "")?.[1];
}
