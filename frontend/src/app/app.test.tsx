import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { describe, expect, test, vi } from "vitest";

import { database, problem, progress, server } from "@/testing/backend";
import { aCompletedJob, aJob, anId, aPeriod, aReport, aRunningJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { renderApp } from "@/testing/render";

const month = (name: string) => screen.findByRole("article", { name });

describe("the months", () => {
  test("stand with what they hold, where they are and what comes next", async () => {
    const draft = aReport({ period: "2026-02", needsReviewCount: 8 });
    const sent = aReport({ period: "2026-01", status: "Submitted" });
    database.reports = [draft, sent];
    database.periods = [
      aPeriod({ period: "2026-03", transactionCount: 1 }),
      aPeriod({ period: "2026-02", reports: [draft] }),
      aPeriod({ period: "2026-01", reports: [sent] }),
    ];
    renderApp();
    const march = within(await month("March 2026"));
    expect(march.getByText("1 transaction")).toBeVisible();
    expect(march.getByText("$6,359.83")).toBeVisible();
    expect(march.getByRole("button", { name: "Make the report: March 2026" })).toBeEnabled();
    const february = within(await month("February 2026"));
    expect(february.getByText("8 to review")).toBeVisible();
    expect(february.getByRole("link", { name: "Review 8 lines: February 2026" })).toBeVisible();
    const january = within(await month("January 2026"));
    expect(january.getByRole("button", { name: /Download as Excel/ })).toBeEnabled();
    expect(january.getByRole("link", { name: "View the report: January 2026" })).toHaveAttribute(
      "href",
      `/app/reports/${sent.id}`,
    );
  });

  test("say how to begin when there are none", async () => {
    renderApp();
    expect(await screen.findByText("No transactions yet")).toBeVisible();
    expect(screen.getAllByRole("link", { name: "Import a statement" })).toHaveLength(2);
  });

  test("that cannot be loaded say so, and come when asked for again", async () => {
    server.use(http.get("/api/periods", () => problem(500, "internal")));
    database.periods = [aPeriod()];
    renderApp();
    expect(await screen.findByRole("alert")).toHaveTextContent("Something went wrong here");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await month("January 2026")).toBeVisible();
  });
});

describe("a report", () => {
  test("is started by keyboard, watched as the server tells, and then reviewed", async () => {
    database.periods = [aPeriod()];
    renderApp();
    const user = userEvent.setup();
    (await screen.findByRole("button", { name: /Make the report/ })).focus();
    await user.keyboard("{Enter}");
    const january = within(await month("January 2026"));
    expect(await january.findByText("Job queued for processing")).toBeVisible();
    expect(document.activeElement).toContainElement(january.getByRole("progressbar"));

    const id = database.jobs[0]?.id ?? "";
    const running = progress(id, aRunningJob({ id }));
    FakeEventSource.latest().says("snapshot", [running]);
    expect(await january.findByText("150 / 300 lines")).toBeVisible();

    const report = aReport({ needsReviewCount: 8 });
    database.reports = [report];
    database.periods = [aPeriod({ reports: [report] })];
    const done = aCompletedJob({ id, generatedReportId: report.id, failedLines: 8 });
    FakeEventSource.latest().says("job", progress(id, done));
    expect(await january.findByText("8 lines require manual categorization")).toBeVisible();
    expect(await january.findByRole("link", { name: /Review 8 lines/ })).toBeVisible();
  });

  test("that ended while nobody told is asked for when the stream is back", async () => {
    const running = aRunningJob();
    database.jobs = [running];
    database.periods = [aPeriod({ activeJobId: running.id })];
    renderApp();
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
    progress(running.id, aCompletedJob({ id: running.id }));
    FakeEventSource.latest().says("snapshot", []);
    expect(await screen.findByText("Report generated successfully")).toBeVisible();
  });

  test("that somebody else started first is shown instead", async () => {
    const running = aRunningJob();
    database.periods = [aPeriod()];
    renderApp();
    const start = await screen.findByRole("button", { name: /Make the report/ });
    database.jobs = [running];
    await userEvent.click(start);
    await userEvent.click(await screen.findByRole("button", { name: "Show the report under way" }));
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("that failed says why, and can be tried again", async () => {
    database.periods = [aPeriod()];
    const failed = aJob({
      status: "Failed",
      errorMessage: "There are no accounts yet.",
      completedAt: "2026-02-01T09:01:00Z",
    });
    database.jobs = [failed];
    renderApp();
    expect(await screen.findByRole("alert")).toHaveTextContent("There are no accounts yet.");
    await userEvent.click(screen.getByRole("button", { name: "Try again: January 2026" }));
    expect(await screen.findByText("Job queued for processing")).toBeVisible();
  });

  test("that the server refuses says so in its words", async () => {
    database.periods = [aPeriod()];
    renderApp();
    server.use(http.post("/api/report-jobs", () => problem(422, "nothing-left-to-report")));
    await userEvent.click(await screen.findByRole("button", { name: /Make the report/ }));
    expect(await screen.findByRole("alert")).toHaveTextContent("detail of nothing-left-to-report");
  });
});

describe("the connection", () => {
  test("that is lost shows, and is forgotten when it is back", async () => {
    renderApp();
    await screen.findByText("No transactions yet");
    FakeEventSource.latest().breaks();
    expect(await screen.findByText(/Live updates are interrupted/)).toBeInTheDocument();
    FakeEventSource.latest().says("snapshot", []);
    await waitFor(() =>
      expect(screen.queryByText(/Live updates are interrupted/)).not.toBeInTheDocument(),
    );
  });
});

describe("without the connection", () => {
  test("a report that failed leads to the next step of its month", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const job = aRunningJob();
    database.jobs = [job];
    database.periods = [aPeriod({ activeJobId: job.id })];
    renderApp();
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
    FakeEventSource.latest().isRefused();
    const ended = { status: "Failed", completedAt: "2026-02-01T09:01:00Z" } as const;
    progress(job.id, { ...ended, errorMessage: "No luck" });
    database.periods = [aPeriod()];
    await act(() => vi.advanceTimersByTimeAsync(5500));
    expect(await screen.findByRole("button", { name: /Try again: January 2026/ })).toBeEnabled();
  });

  test("a report that was begun elsewhere is seen", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    database.periods = [aPeriod()];
    renderApp();
    await screen.findByRole("button", { name: /Make the report/ });
    FakeEventSource.latest().isRefused();
    const job = aRunningJob();
    database.jobs = [job];
    database.periods = [aPeriod({ activeJobId: job.id })];
    await act(() => vi.advanceTimersByTimeAsync(5500));
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
  });
});

describe("everywhere", () => {
  test("an address that leads nowhere leads home", async () => {
    renderApp(`/${anId()}`);
    expect(await screen.findByRole("link", { name: "To your months" })).toHaveAttribute(
      "href",
      "/app/",
    );
  });

  test("the theme is the reader's choice, and kept", async () => {
    renderApp();
    const button = await screen.findByRole("button", { name: /Theme: as the system/ });
    await userEvent.click(button);
    expect(document.documentElement.dataset["theme"]).toBe("light");
    await userEvent.click(button);
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(localStorage.getItem("expenseflow:theme")).toBe("dark");
    await userEvent.click(button);
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
  });
});
