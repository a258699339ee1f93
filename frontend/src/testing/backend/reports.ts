import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";

type Report = components["schemas"]["ReportOut"];
type Submit = components["schemas"]["SubmitIn"];
interface Params {
  [name: string]: string;
  id: string;
}

const unknownReport = () => problem(404, "report-not-found");
const find = (id: string) => database.reports.find((report) => report.id === id);

/** The report, and the month it stands in, become something else. */
export function change(id: string, changes: Partial<Report>): Report {
  const before = find(id);
  if (before === undefined) {
    throw new Error(`no report ${id}`);
  }
  const after = { ...before, ...changes, version: before.version + 1 };
  database.reports = database.reports.map((each) => (each.id === id ? after : each));
  database.periods = database.periods.map((period) => ({
    ...period,
    reports: period.reports.map((each) => (each.id === id ? after : each)),
  }));
  return after;
}

export const reports = [
  http.get<Params>("/api/reports/:id", ({ params }) => {
    const report = find(params.id);
    return report === undefined ? unknownReport() : HttpResponse.json<Report>(report);
  }),
  http.get<Params>("/api/reports/:id/totals", ({ params }) => {
    const currencies = database.totals[params.id] ?? [];
    return HttpResponse.json<Answer<"getTotals">>({ currencies });
  }),
  http.post<Params, Submit>("/api/reports/:id/submit", async ({ params, request }) => {
    const { acceptUnreviewed } = await request.json();
    const report = find(params.id);
    if (report === undefined) {
      return unknownReport();
    }
    if (report.status === "Submitted") {
      return problem(409, "report-is-submitted");
    }
    if (report.needsReviewCount > 0 && !acceptUnreviewed) {
      return problem(409, "lines-need-review");
    }
    const submittedAt = "2026-02-05T10:00:00Z";
    return HttpResponse.json<Report>(change(report.id, { status: "Submitted", submittedAt }));
  }),
  http.post<Params>("/api/reports/:id/reopen", ({ params }) => {
    const report = find(params.id);
    if (report === undefined) {
      return unknownReport();
    }
    const isTaken = database.reports.some(
      ({ period, status }) => period === report.period && status === "Draft",
    );
    return isTaken
      ? problem(409, "another-draft")
      : HttpResponse.json<Report>(change(report.id, { status: "Draft", submittedAt: null }));
  }),
  http.delete<Params>("/api/reports/:id", ({ params }) => {
    database.reports = database.reports.filter(({ id }) => id !== params.id);
    database.periods = database.periods.map((period) => ({
      ...period,
      reports: period.reports.filter(({ id }) => id !== params.id),
    }));
    return new HttpResponse(null, { status: 204 });
  }),
  http.get<Params>("/api/reports/:id/export", ({ params, request }) => {
    const format = new URL(request.url).searchParams.get("format") ?? "csv";
    const ending = format === "journal-csv" ? "-journal.csv" : `.${format}`;
    const period = find(params.id)?.period ?? "";
    return new HttpResponse(`the ${format}`, {
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": `attachment; filename="expense-report-${period}${ending}"`,
      },
    });
  }),
];
