import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { StrictMode, useState } from "react";
import { describe, expect, test, vi } from "vitest";

import { hearClock } from "@/api/server-clock";
import { reportJobKeys } from "@/features/report-jobs/api";
import { ReportGenerationProgress } from "@/features/report-jobs/report-generation-progress";
import { database, problem, progress, server } from "@/testing/backend";
import { aCompletedJob, aJob, aRunningJob, type ReportJob } from "@/testing/factories";
import { renderWithQueries } from "@/testing/render";

async function shown(job: ReportJob, onComplete?: (reportId: string) => void) {
  database.jobs = [job];
  const props = onComplete === undefined ? {} : { onComplete };
  const rendered = renderWithQueries(
    <StrictMode>
      <ReportGenerationProgress jobId={job.id} {...props} />
    </StrictMode>,
  );
  await screen.findByRole("region", { name: /Expense report of January 2026/ });
  return rendered;
}

const cancelButton = () => screen.queryByRole("button", { name: "Cancel" });
const announced = () => screen.getByRole("status").textContent;

describe("the progress of a report", () => {
  test.each([
    ["Pending", "Waiting", true],
    ["Processing", "In progress", true],
    ["CancellationRequested", "Stopping", false],
    ["Completed", "Completed", false],
    ["Failed", "Failed", false],
    ["Cancelled", "Cancelled", false],
  ] as const)("while %s has its icon, its word and its button", async (status, word, cancels) => {
    const { container } = await shown(aJob({ status }));
    expect(container.querySelector(`svg[data-status="${status}"]`)).toBeInTheDocument();
    expect(screen.getByText(word)).toBeVisible();
    expect(cancelButton() !== null).toBe(cancels);
  });

  test("shows how far it is in a bar, in words and in lines", async () => {
    await shown(aRunningJob());
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "50");
    expect(screen.getByText("Processing line 150 of 300")).toBeVisible();
    expect(screen.getByText("150 / 300 lines")).toBeVisible();
  });

  test("says in words how long it takes, while it is Processing", async () => {
    const soon = new Date(Date.now() + 121_000).toISOString();
    const { queries } = await shown(aRunningJob({ estimatedCompletionAt: soon }));
    expect(screen.getByText("About 2 minutes left")).toBeVisible();
    const stopping = progress(database.jobs[0]?.id ?? "", { status: "CancellationRequested" });
    queries.setQueryData(reportJobKeys.detail(stopping.id), stopping);
    expect(await screen.findByText("Stopping")).toBeVisible();
    expect(screen.queryByText(/left/)).not.toBeInTheDocument();
  });

  test("does not promise a time that has passed", async () => {
    await shown(aRunningJob({ estimatedCompletionAt: "2020-01-01T00:00:00Z" }));
    expect(screen.getByText("A few seconds left")).toBeVisible();
  });

  test("says how many are ahead of it while it waits", async () => {
    await shown(aJob({ queuePosition: 2 }));
    expect(screen.getByText("2 reports ahead of this one")).toBeVisible();
  });

  test("that failed says why, and shows no bar", async () => {
    await shown(aJob({ status: "Failed", errorMessage: "There are no accounts yet." }));
    expect(screen.getByRole("alert")).toHaveTextContent("There are no accounts yet.");
    expect(screen.queryByRole("progressbar")).not.toBeInTheDocument();
  });

  test("says how many lines are left for a person", async () => {
    await shown(aCompletedJob({ failedLines: 8 }));
    expect(screen.getByText("8 lines require manual categorization")).toBeVisible();
  });

  test("says so of a single line too, and nothing when there is none", async () => {
    const { unmount } = await shown(aCompletedJob({ failedLines: 1 }));
    expect(screen.getByText("1 line requires manual categorization")).toBeVisible();
    unmount();
    await shown(aCompletedJob());
    expect(screen.queryByText(/manual categorization/)).not.toBeInTheDocument();
  });

  test("is spoken at each quarter and each change, not at each line", async () => {
    const job = aRunningJob({ processedLines: 75, progressPercent: 25 });
    const { queries } = await shown(job);
    const say = async (changes: Partial<ReportJob>, lines: string) => {
      queries.setQueryData(reportJobKeys.detail(job.id), { ...job, ...changes });
      await screen.findByText(lines);
    };
    const quarter = announced();
    expect(quarter).toContain("25 %");
    await say({ processedLines: 120, progressPercent: 40 }, "120 / 300 lines");
    expect(announced()).toBe(quarter);
    await say({ processedLines: 150, progressPercent: 50 }, "150 / 300 lines");
    expect(announced()).toContain("50 %");
    await say(aCompletedJob({ id: job.id }), "300 / 300 lines");
    expect(announced()).toContain("Completed");
  });
});

describe("onComplete", () => {
  test("is told the report once, however often the job is heard of again", async () => {
    const onComplete = vi.fn<(reportId: string) => void>();
    const job = aRunningJob();
    const { queries, rerender } = await shown(job, onComplete);
    expect(onComplete).not.toHaveBeenCalled();
    const done = progress(job.id, aCompletedJob({ id: job.id, generatedReportId: "r1" }));
    queries.setQueryData(reportJobKeys.detail(job.id), done);
    await waitFor(() => expect(onComplete).toHaveBeenCalled());
    await queries.invalidateQueries({ queryKey: reportJobKeys.all });
    queries.setQueryData(reportJobKeys.detail(job.id), { ...done, retryCount: 1 });
    await waitFor(() => expect(queries.isFetching()).toBe(0));
    expect(onComplete).toHaveBeenCalledExactlyOnceWith("r1");
    rerender(<p>gone</p>);
    expect(onComplete).toHaveBeenCalledOnce();
  });

  test("is told again when another job makes the same report anew", async () => {
    const onComplete = vi.fn<(reportId: string) => void>();
    const [first, second] = [aCompletedJob(), aCompletedJob()].map((job) => ({
      ...job,
      generatedReportId: "r1",
    })) as [ReportJob, ReportJob];
    database.jobs = [first, second];
    function Watched() {
      const [id, watch] = useState(first.id);
      return (
        <>
          <ReportGenerationProgress jobId={id} onComplete={onComplete} />
          <button onClick={() => watch(second.id)}>The next one</button>
        </>
      );
    }
    renderWithQueries(<Watched />);
    await waitFor(() => expect(onComplete).toHaveBeenCalledTimes(1));
    await userEvent.click(screen.getByRole("button", { name: "The next one" }));
    await waitFor(() => expect(onComplete).toHaveBeenCalledTimes(2));
  });

  test("is told of a job that had completed before, and of none that failed", async () => {
    const onComplete = vi.fn<(reportId: string) => void>();
    const { unmount } = await shown(aCompletedJob({ generatedReportId: "r2" }), onComplete);
    expect(onComplete).toHaveBeenCalledExactlyOnceWith("r2");
    unmount();
    await shown(aJob({ status: "Failed" }), onComplete);
    expect(onComplete).toHaveBeenCalledOnce();
  });
});

test("the time left does not depend on the reader's clock", async () => {
  const now = Date.now() + 3_600_000; // the server's
  const job = aRunningJob({ estimatedCompletionAt: new Date(now + 120_000).toISOString() });
  const headers = { Date: new Date(now).toUTCString() };
  server.use(http.get("/api/report-jobs/:id", () => HttpResponse.json(job, { headers })));
  await shown(job);
  expect(await screen.findByText("About 2 minutes left")).toBeVisible();
  hearClock(new Response(null, { headers: { Date: new Date().toUTCString() } }));
});

describe("cancelling", () => {
  test("stops a running job by keyboard", async () => {
    await shown(aRunningJob());
    const user = userEvent.setup();
    await user.tab();
    expect(cancelButton()).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(await screen.findByText("Stopping")).toBeVisible();
    expect(cancelButton()).not.toBeInTheDocument();
    expect(screen.getByRole("heading", { name: /Expense report/ })).toHaveFocus();
  });

  test("that is refused says why, and can be tried again", async () => {
    await shown(aRunningJob());
    server.use(http.delete("/api/report-jobs/:id", () => problem(503, "unavailable")));
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("cannot take this on right now");
    expect(cancelButton()).toBeEnabled();
  });
});

test("a job that cannot be loaded says so and can be asked for again", async () => {
  server.use(http.get("/api/report-jobs/:id", () => problem(503, "unavailable")));
  const job = aRunningJob();
  database.jobs = [job];
  renderWithQueries(<ReportGenerationProgress jobId={job.id} />);
  await screen.findByRole("alert");
  server.resetHandlers();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(screen.getByText("150 / 300 lines")).toBeVisible());
});
