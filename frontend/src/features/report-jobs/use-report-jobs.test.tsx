import { act, waitFor } from "@testing-library/react";
import { http } from "msw";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { ProblemError } from "@/api/problem-error";
import {
  reportJobKeys,
  useCancelReportJob,
  useCreateReportJob,
  useReportJob,
  useReportJobList,
} from "@/features/report-jobs/use-report-jobs";
import { database, problem, progress, server } from "@/testing/backend";
import { aCompletedJob, aJob, aRunningJob } from "@/testing/factories";
import { renderHookWithQueries } from "@/testing/render";

const pass = (milliseconds: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  });

const timesAsked = (id: string) => database.asked[`GET /api/report-jobs/${id}`] ?? 0;

describe("one job", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  async function watched(job = aJob()) {
    database.jobs = [job];
    const { result } = renderHookWithQueries(() => useReportJob(job.id));
    await pass(100);
    expect(timesAsked(job.id)).toBe(1);
    return { id: job.id, result };
  }

  test("is asked for every 5 s while it is Pending", async () => {
    const { id } = await watched(aJob());
    await pass(4800);
    expect(timesAsked(id)).toBe(1);
    await pass(300);
    expect(timesAsked(id)).toBe(2);
  });

  test("is not asked for again when what was asked for is no id", async () => {
    server.use(http.get("/api/report-jobs/:id", () => problem(400, "invalid-request")));
    renderHookWithQueries(() => useReportJob("abc"));
    await pass(100);
    expect(timesAsked("abc")).toBe(1);
    await pass(11_000);
    expect(timesAsked("abc")).toBe(1);
  });

  test("is asked for every 2 s while it is Processing", async () => {
    const { id, result } = await watched(aRunningJob());
    await pass(1800);
    expect(timesAsked(id)).toBe(1);
    progress(id, { processedLines: 200 });
    await pass(300);
    expect(timesAsked(id)).toBe(2);
    expect(result.current.data?.processedLines).toBe(200);
  });

  test("is asked for quicker once it begins, and no more once it has ended", async () => {
    const { id, result } = await watched(aJob());
    progress(id, { status: "Processing" });
    await pass(5000);
    progress(id, aCompletedJob({ id }));
    await pass(2100);
    expect(result.current.data?.status).toBe("Completed");
    const asked = timesAsked(id);
    await pass(60_000);
    expect(timesAsked(id)).toBe(asked);
  });

  test.each(["Completed", "Failed", "Cancelled"] as const)("that is %s stays", async (status) => {
    const { id } = await watched(aCompletedJob({ status }));
    await pass(60_000);
    expect(timesAsked(id)).toBe(1);
  });

  test("that does not exist is not asked for again", async () => {
    const { result } = renderHookWithQueries(() => useReportJob("nobody"));
    await pass(60_000);
    expect(result.current.error).toBeInstanceOf(ProblemError);
    expect(timesAsked("nobody")).toBe(1);
  });

  test("does not go back when an older answer comes late", async () => {
    const job = aRunningJob();
    database.jobs = [job];
    const { result, queries } = renderHookWithQueries(() => useReportJob(job.id));
    await pass(100);
    const newer = aCompletedJob({ id: job.id });
    queries.setQueryData(reportJobKeys.detail(job.id), newer);
    queries.setQueryData(reportJobKeys.detail(job.id), job);
    await pass(10);
    expect(result.current.data).toEqual(newer);
  });
});

async function aRunningJobOnScreen() {
  const running = aRunningJob();
  database.jobs = [running];
  const { result } = renderHookWithQueries(() => ({
    job: useReportJob(running.id),
    cancel: useCancelReportJob(),
  }));
  await waitFor(() => expect(result.current.job.data?.status).toBe("Processing"));
  return { result, running };
}

describe("starting and cancelling", () => {
  test("a started job is known at once, and lists are asked for again", async () => {
    const { result, queries } = renderHookWithQueries(() => ({
      create: useCreateReportJob(),
      list: useReportJobList(),
    }));
    await waitFor(() => expect(result.current.list.data?.items).toHaveLength(0));
    const job = await act(() => result.current.create.mutateAsync("2026-01"));
    expect(queries.getQueryData(reportJobKeys.detail(job.id))).toEqual(job);
    await waitFor(() => expect(result.current.list.data?.items).toEqual([job]));
  });

  test("a second job of a month is refused with the id of the first", async () => {
    const running = aRunningJob({ period: "2026-01" });
    database.jobs = [running];
    const { result } = renderHookWithQueries(useCreateReportJob);
    act(() => result.current.mutate("2026-01"));
    await waitFor(() => expect(result.current.error).toBeInstanceOf(ProblemError));
    expect((result.current.error as ProblemError).problem.existingJobId).toBe(running.id);
  });

  test("a cancelled job is shown as it stops", async () => {
    const { result, running } = await aRunningJobOnScreen();
    act(() => result.current.cancel.mutate(running.id));
    await waitFor(() => expect(result.current.job.data?.status).toBe("CancellationRequested"));
  });

  test("cancelling too late shows that it has completed", async () => {
    const { result, running } = await aRunningJobOnScreen();
    progress(running.id, aCompletedJob({ id: running.id }));
    act(() => result.current.cancel.mutate(running.id));
    await waitFor(() => expect(result.current.cancel.isError).toBe(true));
    await waitFor(() => expect(result.current.job.data?.status).toBe("Completed"));
  });
});

test("lists hold what their filter says", async () => {
  database.jobs = [aCompletedJob(), aRunningJob()];
  const { result } = renderHookWithQueries(() => useReportJobList({ status: "Completed" }));
  await waitFor(() => expect(result.current.data?.items).toHaveLength(1));
});

test("every key begins with the one that stands for all", () => {
  expect(reportJobKeys.lists()).toEqual(["report-jobs", "list"]);
  expect(reportJobKeys.list({ page: 2 })).toEqual(["report-jobs", "list", { page: 2 }]);
  expect(reportJobKeys.details()).toEqual(["report-jobs", "detail"]);
  expect(reportJobKeys.detail("j1")).toEqual(["report-jobs", "detail", "j1"]);
});
