import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

import type { components, operations } from "@/api/schema.gen";
import { aJob, anId, type ReportJob } from "@/testing/factories";

type Schemas = components["schemas"];

interface Page<Item> {
  items: Item[];
  totalCount: number;
  page: number;
  pageSize: number;
}

/** What an operation answers with 200. */
type PageOf = {
  [Name in "listPeriods" | "listReports" | "listReportJobs"]: Json<
    operations[Name]["responses"][200]
  >;
};
type Json<Response> = Response extends { content: { "application/json": infer Body } }
  ? Body
  : never;

/** What the pretended server knows; a test changes it as the worker or a person would. */
interface Database {
  me: Schemas["Me"] | null;
  jobs: ReportJob[];
  periods: Schemas["PeriodOut"][];
  reports: Schemas["ReportOut"][];
  /** How often each route was asked: `GET /api/me`. */
  asked: Record<string, number>;
}

export const database: Database = empty();

function empty(): Database {
  return {
    me: { id: anId(), email: "ann@example.com" },
    jobs: [],
    periods: [],
    reports: [],
    asked: {},
  };
}

export function resetDatabase(): void {
  Object.assign(database, empty());
}

/** The worker's part: a job goes on. */
export function progress(id: string, changes: Partial<ReportJob>): ReportJob {
  const at = database.jobs.findIndex((job) => job.id === id);
  const before = database.jobs[at];
  if (before === undefined) {
    throw new Error(`no job ${id}`);
  }
  const after = { ...before, ...changes };
  database.jobs[at] = after;
  return after;
}

interface More {
  /** Extension members. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** An answer that is a problem (RFC 9457). */
export function problem(status: number, slug: string, { members, headers }: More = {}) {
  const body: Schemas["Problem"] = {
    type: `/problems/${slug}`,
    title: slug,
    status,
    detail: `detail of ${slug}`,
    instance: "/",
    ...members,
  };
  return HttpResponse.json(body, {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

function page<Item>(items: readonly Item[]): Page<Item> {
  return { items: [...items], totalCount: items.length, page: 1, pageSize: 20 };
}

const unknownJob = () => problem(404, "job-not-found");

export const server = setupServer(
  // Whatever it is, a stranger hears of nothing; else the handlers below answer.
  http.all("/api/*", () => (database.me === null ? problem(401, "not-authenticated") : undefined)),
  http.get("/api/me", () => HttpResponse.json<Schemas["Me"] | null>(database.me)),
  http.post("/api/sign-out", () => {
    database.me = null;
    return new HttpResponse(null, { status: 204 });
  }),
  http.get("/api/periods", () => HttpResponse.json<PageOf["listPeriods"]>(page(database.periods))),
  http.get("/api/reports", () => HttpResponse.json<PageOf["listReports"]>(page(database.reports))),
  http.get("/api/report-jobs", ({ request }) => {
    const wanted = new URL(request.url).searchParams.get("status");
    const found = database.jobs.filter((job) => wanted === null || job.status === wanted);
    return HttpResponse.json<PageOf["listReportJobs"]>(page(found));
  }),
  http.get<{ id: string }>("/api/report-jobs/:id", ({ params }) => {
    const job = database.jobs.find(({ id }) => id === params.id);
    return job === undefined ? unknownJob() : HttpResponse.json<ReportJob>(job);
  }),
  http.post<never, Schemas["ReportJobIn"]>("/api/report-jobs", async ({ request }) => {
    const { period } = await request.json();
    const running = database.jobs.find((job) => job.period === period && job.completedAt === null);
    if (running !== undefined) {
      return problem(409, "active-job", { members: { existingJobId: running.id } });
    }
    const job = aJob({ period });
    database.jobs.unshift(job);
    database.periods = database.periods.map((known) =>
      known.period === period ? { ...known, activeJobId: job.id } : known,
    );
    return HttpResponse.json<ReportJob>(job, { status: 202 });
  }),
  http.delete<{ id: string }>("/api/report-jobs/:id", ({ params }) => {
    const job = database.jobs.find(({ id }) => id === params.id);
    if (job === undefined) {
      return unknownJob();
    }
    if (job.completedAt !== null) {
      return problem(400, "job-finished");
    }
    const status = job.status === "Pending" ? "Cancelled" : "CancellationRequested";
    return HttpResponse.json<ReportJob>(progress(job.id, { status }));
  }),
);

server.events.on("request:start", ({ request }) => {
  const key = `${request.method} ${new URL(request.url).pathname}`;
  database.asked[key] = (database.asked[key] ?? 0) + 1;
});
