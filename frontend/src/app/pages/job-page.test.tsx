import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, test } from "vitest";

import { database, problem, progress, server } from "@/testing/backend";
import { aCompletedJob, aJob, anId, aRunningJob, type ReportJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { renderApp } from "@/testing/render";
import { aLimit, aProvider } from "@/testing/settings-factories";

async function opened(job: ReportJob, ...others: ReportJob[]) {
  database.jobs = [...others, job];
  const rendered = renderApp(`/jobs/${job.id}`);
  await screen.findByRole("heading", { level: 1, name: /January 2026/ });
  return rendered;
}

const failed = (changes: Partial<ReportJob> = {}) =>
  aJob({
    status: "Failed",
    processedLines: 120,
    errorMessage: "There are no accounts yet.",
    startedAt: "2026-02-01T09:00:00Z",
    completedAt: "2026-02-01T09:01:00Z",
    ...changes,
  });

const tier = (name: string) =>
  within(screen.getByRole("region", { name: "Who settled the lines" })).getByText(name)
    .parentElement;
const fact = (name: string) => screen.getByText(name).nextElementSibling;

describe("a job that runs", () => {
  test("shows who settled its lines, what that means, and what it cost", async () => {
    await opened(
      aRunningJob({
        startedAt: new Date(Date.now() - 120_000).toISOString(),
        tiers: { rule: 20, memory: 90, similar: 10, model: 28, manual: 2 },
        usage: {
          calls: 9,
          rejectedCalls: 1,
          promptTokens: 24_006,
          completionTokens: 8513,
          waitedSeconds: 41.6,
        },
      }),
    );
    expect(tier("Memory")).toHaveTextContent("90");
    expect(tier("Memory")).toHaveTextContent("You filed this merchant before");
    expect(tier("Left for you")).toHaveTextContent("2");
    expect(fact("Questions to the AI service")).toHaveTextContent("9, and 1 turned away");
    expect(fact("Waited for its limit")).toHaveTextContent("42 seconds");
    expect(fact("Tokens")).toHaveTextContent("24,006 asked, 8,513 answered");
    expect(fact("Time")).toHaveTextContent("2 minutes so far");
    expect(fact("Pace")).toHaveTextContent("Too early to say");
    expect(fact("Time left")).toHaveTextContent("Not known yet");
  });

  test("says what holds the AI service back", async () => {
    const until = new Date(Date.now() + 8000).toISOString();
    database.provider = aProvider({
      waiting: { reason: "limit", until },
      limits: { requests: aLimit({ remaining: 0 }), tokens: null },
    });
    await opened(aRunningJob());
    expect(await screen.findByText(/Its limit is reached; .* in \d seconds/)).toBeVisible();
    expect(screen.getByText(/60 requests in 1 minute, as the service says itself/)).toBeVisible();
  });

  test("does without what the AI service says when that cannot be told", async () => {
    server.use(http.get("/api/provider", () => problem(503, "unavailable")));
    await opened(aRunningJob());
    await waitFor(() => expect(database.asked["GET /api/provider"]).toBeGreaterThan(0));
    expect(screen.getByText("150 / 300 lines")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("becomes the way to its report when it is done", async () => {
    const job = aRunningJob();
    await opened(job);
    const done = aCompletedJob({ id: job.id, generatedReportId: anId(), failedLines: 8 });
    FakeEventSource.latest().says("job", progress(job.id, done));
    expect(await screen.findByRole("link", { name: "Review the report" })).toHaveAttribute(
      "href",
      `/app/reports/${done.generatedReportId ?? ""}`,
    );
    expect(screen.getByText("8 lines require manual categorization")).toBeVisible();
    expect(screen.queryByText("The AI service right now")).not.toBeInTheDocument();
  });

  test("is cancelled, and can go on later", async () => {
    const job = aRunningJob();
    await opened(job);
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await screen.findByText("Stopping")).toBeVisible();
    const completedAt = "2026-02-01T09:02:00Z";
    FakeEventSource.latest().says("job", progress(job.id, { status: "Cancelled", completedAt }));
    expect(await screen.findByRole("button", { name: /Go on with the rest/ })).toBeEnabled();
  });
});

describe("a job that has ended", () => {
  test("with every line settled leads to its report and asks nothing more", async () => {
    await opened(aCompletedJob());
    expect(screen.getByRole("link", { name: "Open the report" })).toBeVisible();
    expect(screen.queryByRole("button", { name: /again/ })).not.toBeInTheDocument();
    expect(database.asked["GET /api/provider"]).toBeUndefined();
  });

  test("in failure says what to do, and is tried again by keyboard in a job of its own", async () => {
    const job = failed();
    await opened(job);
    expect(screen.getByText(/When the reason above is dealt with/)).toBeVisible();
    screen.getByRole("button", { name: "Try again: January 2026" }).focus();
    await userEvent.keyboard("{Enter}");
    expect(await screen.findByText("Job queued for processing")).toBeVisible();
    expect(screen.getByText("120 / 300 lines")).toBeVisible();
    await waitFor(() => expect(screen.getByRole("main")).toHaveFocus());
  });

  test("is not tried again when a newer one is there, but leads to it", async () => {
    const newer = aCompletedJob({ createdAt: "2026-02-02T09:00:00Z" });
    await opened(failed(), newer);
    expect(await screen.findByRole("link", { name: "Show the newer one" })).toHaveAttribute(
      "href",
      `/app/jobs/${newer.id}`,
    );
    expect(screen.queryByRole("button", { name: /Try again/ })).not.toBeInTheDocument();
  });

  test("and was started again elsewhere says so, with the way there", async () => {
    await opened(failed());
    const running = aRunningJob({ createdAt: "2026-02-02T09:00:00Z" });
    server.use(
      http.post("/api/report-jobs/:id/retry", () =>
        problem(409, "not-retryable", { members: { existingJobId: running.id } }),
      ),
    );
    await userEvent.click(screen.getByRole("button", { name: /Try again/ }));
    expect(await screen.findByRole("link", { name: "Show the report under way" })).toHaveAttribute(
      "href",
      `/app/jobs/${running.id}`,
    );
  });

  test("is refused in the server's words when nothing is left, or too much was asked", async () => {
    await opened(aCompletedJob({ failedLines: 3 }));
    const again = screen.getByRole("button", { name: /Try the flagged lines again/ });
    server.use(
      http.post("/api/report-jobs/:id/retry", () => problem(422, "nothing-left-to-retry"), {
        once: true,
      }),
    );
    await userEvent.click(again);
    expect(await screen.findByText("detail of nothing-left-to-retry")).toBeVisible();
    const headers = { "Retry-After": "7" };
    server.use(
      http.post("/api/report-jobs/:id/retry", () => problem(429, "too-many-jobs", { headers })),
    );
    await userEvent.click(again);
    expect(await screen.findByText("Try again in 7 seconds.")).toBeVisible();
  });
});

describe("a job that cannot be shown", () => {
  test.each([404, 400])(
    "because it is nobody's (%i) says so and leads to the others",
    async (status) => {
      server.use(http.get("/api/report-jobs/:id", () => problem(status, "job-not-found")));
      renderApp("/jobs/somebody-elses");
      expect(await screen.findByText("There is no such report job")).toBeVisible();
      expect(screen.getAllByRole("link", { name: "All reports made" })).toHaveLength(2);
    },
  );

  test("because the server is away comes when it is back", async () => {
    const job = aRunningJob();
    database.jobs = [job];
    server.use(http.get("/api/report-jobs/:id", () => HttpResponse.error()));
    renderApp(`/jobs/${job.id}`);
    expect(await screen.findByRole("alert")).toHaveTextContent("The server does not answer");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
  });
});
