import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, test, vi } from "vitest";

import { database, problem, progress, server } from "@/testing/backend";
import { aCompletedJob, aJob, anId, aPeriod, aReport, aRunningJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { aFlaggedLine } from "@/testing/line-factories";
import { renderApp } from "@/testing/render";
import { reviewing } from "@/testing/review";
import { aRule } from "@/testing/settings-factories";

const comeBackToTheTab = () => window.dispatchEvent(new Event("visibilitychange"));
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

describe("the session", () => {
  test("that never began says how to sign in, and goes on by itself", async () => {
    const me = database.me;
    database.me = null;
    database.periods = [aPeriod()];
    renderApp();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    database.me = me;
    comeBackToTheTab();
    expect(await month("January 2026")).toBeVisible();
  });

  test("that ended in the middle is noticed by any call, and the place is kept", async () => {
    const running = aRunningJob();
    database.jobs = [running];
    database.periods = [aPeriod({ activeJobId: running.id })];
    renderApp();
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
    database.me = null;
    FakeEventSource.latest().says("snapshot", []);
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(localStorage.getItem("expenseflow:return")).toBe(location.pathname);
  });

  test("that ended keeps what was typed until the same person is back", async () => {
    const me = database.me;
    renderApp("/settings/rules/new");
    const name = await screen.findByLabelText("Name");
    await userEvent.type(name, "A long name");
    database.me = null;
    comeBackToTheTab();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(name).not.toBeVisible();
    expect(screen.queryByRole("button", { name: "Sign out" })).not.toBeInTheDocument();
    const asked = database.asked["GET /api/accounts"];
    database.me = me;
    comeBackToTheTab();
    await waitFor(() => expect(name).toBeVisible());
    expect(name).toHaveValue("A long name");
    expect(name).toHaveFocus();
    expect(screen.queryByText("Sign in to go on")).not.toBeInTheDocument();
    await waitFor(() => expect(database.asked["GET /api/accounts"]).toBeGreaterThan(asked ?? 0));
  });

  test("that ended shows no question either, until it is back", async () => {
    const me = database.me;
    database.rules = [aRule({ title: "Cabs" })];
    renderApp("/settings/rules");
    await userEvent.click(await screen.findByRole("button", { name: "More: Cabs" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Delete" }));
    const question = await screen.findByRole("alertdialog", { name: /Delete/ });
    database.me = null;
    comeBackToTheTab();
    expect(await screen.findByRole("heading", { name: "Sign in to go on" })).toBeVisible();
    expect(question).not.toBeVisible();
    database.me = me;
    comeBackToTheTab();
    expect(await screen.findByRole("alertdialog", { name: /Delete/ })).toBeVisible();
  });

  test("that ended while a line was decided lets it be decided again", async () => {
    const me = database.me;
    const { user } = await reviewing([aFlaggedLine({ description: "Taxi" })]);
    database.me = null;
    await user.keyboard("a");
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    await user.keyboard("a"); // nobody is there to hear it
    database.me = me;
    comeBackToTheTab();
    expect(await screen.findByRole("search")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(database.lines[0]?.needsReview).toBe(false));
  });

  test("of somebody else has nothing to try again of the one before", async () => {
    const { user } = await reviewing([aFlaggedLine({ description: "Taxi" })]);
    database.me = null;
    await user.keyboard("a");
    expect(await screen.findByRole("button", { name: "Try again" })).toBeInTheDocument();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    database.me = { id: anId(), email: "bob@example.com" };
    comeBackToTheTab();
    expect(await screen.findByText("bob@example.com")).toBeVisible();
    await waitFor(() =>
      expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument(),
    );
  });

  test("is looked for again also when the server was silent once", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const me = database.me;
    database.periods = [aPeriod()];
    renderApp();
    await month("January 2026");
    database.me = null;
    comeBackToTheTab();
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    server.use(http.get("/api/me", () => HttpResponse.error(), { once: true }));
    await vi.advanceTimersByTimeAsync(4500);
    expect(screen.getByText("Sign in to go on")).toBeVisible();
    database.me = me;
    await vi.advanceTimersByTimeAsync(4500);
    expect(await month("January 2026")).toBeVisible();
  });

  test("is ended by the person, and nothing of it stays", async () => {
    database.periods = [aPeriod()];
    const { queries } = renderApp();
    await month("January 2026");
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    expect(await screen.findByText("Sign in to go on")).toBeVisible();
    expect(queries.getQueriesData({ queryKey: ["periods"] }).every(([, data]) => !data)).toBe(true);
  });

  test("of somebody else shows nothing of the one before", async () => {
    database.periods = [aPeriod({ period: "2026-01" })];
    renderApp();
    await month("January 2026");
    database.me = { id: anId(), email: "bob@example.com" };
    database.periods = [aPeriod({ period: "2026-03" })];
    comeBackToTheTab();
    expect(await month("March 2026")).toBeVisible();
    expect(screen.getByText("bob@example.com")).toBeVisible();
    expect(screen.queryByText("January 2026")).not.toBeInTheDocument();
  });

  test("is not taken for ended when the server is only silent", async () => {
    server.use(http.get("/api/me", () => HttpResponse.error()));
    renderApp();
    expect(await screen.findByRole("alert")).toHaveTextContent("The server does not answer");
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
