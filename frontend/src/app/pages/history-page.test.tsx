import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { afterEach, describe, expect, test, vi } from "vitest";

import { database, problem, progress, server } from "@/testing/backend";
import { aCompletedJob, aJob, aRunningJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { renderApp } from "@/testing/render";

const row = (name: string) => screen.findByRole("article", { name });
const rows = () => screen.getAllByRole("article");
const choose = (name: string) =>
  userEvent.selectOptions(screen.getByRole("combobox", { name: "Show" }), name);

const failed = aJob({
  period: "2026-02",
  status: "Failed",
  errorMessage: "There are no accounts yet.",
  completedAt: "2026-03-01T09:01:00Z",
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the history", () => {
  test("tells of each job its state, its time, its lines and what came of it", async () => {
    // Shortly after midnight, two hours ago is told as yesterday.
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(2026, 2, 1, 15) });
    const done = aCompletedJob({
      failedLines: 8,
      startedAt: new Date(Date.now() - 7_200_000).toISOString(),
      completedAt: new Date(Date.now() - 7_200_000 + 42_000).toISOString(),
    });
    database.jobs = [failed, done];
    renderApp("/history");
    const january = within(await row("January 2026"));
    expect(january.getByText("Completed")).toBeVisible();
    expect(january.getByText(/^2 hours ago · /)).toBeVisible();
    expect(january.getByText("Took 42 seconds")).toBeVisible();
    expect(january.getByText("300 lines")).toBeVisible();
    expect(january.getByText("8 flagged")).toBeVisible();
    expect(january.getByRole("link", { name: "January 2026" })).toHaveAttribute(
      "href",
      `/app/jobs/${done.id}`,
    );
    expect(january.getByRole("link", { name: "Open the report: January 2026" })).toHaveAttribute(
      "href",
      `/app/reports/${done.generatedReportId ?? ""}`,
    );
    const february = within(await row("February 2026"));
    expect(february.getByText("There are no accounts yet.")).toBeVisible();
    expect(february.getByText("Not started")).toBeVisible();
  });

  test("follows a running job as the server tells of it", async () => {
    const job = aRunningJob({ startedAt: new Date().toISOString() });
    database.jobs = [job];
    renderApp("/history");
    const january = within(await row("January 2026"));
    expect(january.getByText("150 of 300 lines")).toBeVisible();
    const more = progress(job.id, { processedLines: 210, progressPercent: 70 });
    FakeEventSource.latest().says("job", more);
    expect(await january.findByText("210 of 300 lines")).toBeVisible();
    expect(january.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "70");
    FakeEventSource.latest().says("job", progress(job.id, aCompletedJob({ id: job.id })));
    expect(await january.findByRole("link", { name: /Open the report/ })).toBeVisible();
    expect(january.queryByRole("progressbar")).not.toBeInTheDocument();
  });

  test("tries the latest job of a month again, and no earlier one", async () => {
    const earlier = aJob({ ...failed, id: "earlier", createdAt: "2026-01-31T09:00:00Z" });
    database.jobs = [failed, earlier];
    renderApp("/history");
    await waitFor(() =>
      expect(screen.getAllByRole("button", { name: /Try again/ })).toHaveLength(1),
    );
    await userEvent.click(screen.getByRole("button", { name: "Try again: February 2026" }));
    expect(
      await screen.findByRole("heading", { name: "Making the report of February 2026" }),
    ).toBeVisible();
    expect(screen.getByText("Job queued for processing")).toBeVisible();
  });

  test("says beside the button why a job cannot be tried again", async () => {
    database.jobs = [failed];
    renderApp("/history");
    server.use(
      http.post("/api/report-jobs/:id/retry", () => problem(422, "nothing-left-to-retry")),
    );
    await userEvent.click(await screen.findByRole("button", { name: /Try again/ }));
    const february = within(await row("February 2026"));
    expect(await february.findByRole("alert")).toHaveTextContent("detail of nothing-left-to-retry");
  });
});

describe("the address of the history", () => {
  test("holds the state that is shown", async () => {
    database.jobs = [failed, aCompletedJob()];
    renderApp("/history?status=Failed");
    await row("February 2026");
    expect(rows()).toHaveLength(1);
    await choose("Completed");
    await row("January 2026");
    expect(rows()).toHaveLength(1);
    await choose("All");
    await row("February 2026");
    expect(rows()).toHaveLength(2);
  });

  test("holds the page, and choosing a state goes to its first", async () => {
    database.jobs = Array.from({ length: 25 }, (_, index) =>
      aCompletedJob({ period: `20${String(index + 10)}-01` }),
    );
    renderApp("/history?page=2");
    expect(await row("January 2030")).toBeVisible();
    expect(rows()).toHaveLength(5);
    await userEvent.click(screen.getByRole("button", { name: "Previous page" }));
    expect(await row("January 2010")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Next page" }));
    expect(await row("January 2030")).toBeVisible();
    await choose("Completed");
    expect(await row("January 2010")).toBeVisible();
  });

  test("that leads beyond the end leads back", async () => {
    database.jobs = [failed];
    renderApp("/history?page=9");
    await userEvent.click(await screen.findByRole("link", { name: "To the first page" }));
    expect(await row("February 2026")).toBeVisible();
  });
});

describe("a history without anything to show", () => {
  test("says how to begin", async () => {
    renderApp("/history");
    expect(await screen.findByText("No report was made yet")).toBeVisible();
    expect(screen.getByRole("link", { name: "To your months" })).toBeVisible();
  });

  test("says that others are hidden, and shows them", async () => {
    database.jobs = [failed];
    renderApp("/history?status=Cancelled");
    await userEvent.click(await screen.findByRole("link", { name: "Show all" }));
    expect(await row("February 2026")).toBeVisible();
  });

  test("because it cannot be loaded comes when asked for again", async () => {
    server.use(http.get("/api/report-jobs", () => problem(503, "unavailable")));
    database.jobs = [failed];
    renderApp("/history");
    expect(await screen.findByRole("alert")).toHaveTextContent("cannot take this on right now");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await row("February 2026")).toBeVisible();
  });
});
