import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { pageOf, problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";
import { aJob, type ReportJob } from "@/testing/factories";

type Schemas = components["schemas"];

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

const unknownJob = () => problem(404, "job-not-found");

export const reportJobs = [
  http.get("/api/report-jobs", ({ request }) => {
    const wanted = new URL(request.url).searchParams.get("status");
    const found = database.jobs.filter((job) => wanted === null || job.status === wanted);
    return HttpResponse.json<Answer<"listReportJobs">>(pageOf(found, request));
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
  http.post<{ id: string }>("/api/report-jobs/:id/retry", ({ params }) => {
    const earlier = database.jobs.find(({ id }) => id === params.id);
    if (earlier === undefined) {
      return unknownJob();
    }
    const newest = database.jobs.find(({ period }) => period === earlier.period);
    if (earlier.completedAt === null || newest !== earlier) {
      const members = newest === earlier ? {} : { existingJobId: newest?.id };
      return problem(409, "not-retryable", { members });
    }
    const { period, totalLines, tiers, processedLines, failedLines } = earlier;
    const done = processedLines - failedLines;
    const again = { period, totalLines, processedLines: done, tiers: { ...tiers, manual: 0 } };
    const job = aJob({ ...again, createdAt: new Date().toISOString() });
    database.jobs.unshift(job);
    return HttpResponse.json<ReportJob>(job, { status: 202 });
  }),
];
