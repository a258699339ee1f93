import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { describe, expect, test } from "vitest";

import { changeBehind, database, lineOf, problem, progress, server } from "@/testing/backend";
import { change } from "@/testing/backend/reports";
import { aCompletedJob, anId, aPeriod, aReport, aRunningJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { hold } from "@/testing/hold";
import { aFlaggedLine } from "@/testing/line-factories";
import { choose, openReport, press, reportHeading, SUBMITTED } from "@/testing/report-page";
import { reviewing, rowOf } from "@/testing/review";

describe("bringing it up to date", () => {
  test("is begun here, watched here, and the report is read again", async () => {
    const { report } = openReport();
    await choose("More", /Bring it up to date/);
    expect(await screen.findByText("Job queued for processing")).toBeVisible();
    expect(screen.getByText(/The draft stays as it is until that is done/)).toBeVisible();
    await waitFor(() =>
      expect(document.activeElement).toContainElement(screen.getByRole("progressbar")),
    );
    const id = database.jobs[0]?.id ?? "";
    change(report.id, { lineCount: 141 });
    const done = aCompletedJob({ id, generatedReportId: report.id });
    FakeEventSource.latest().says("job", progress(id, done));
    expect(await screen.findByText("141 lines")).toBeVisible();
    expect(screen.getByText("Report generated successfully")).toBeVisible();
    expect(screen.queryByText(/until that is done/)).not.toBeInTheDocument();
    await press("Dismiss");
    expect(screen.queryByText("Report generated successfully")).not.toBeInTheDocument();
    expect(await reportHeading()).toHaveFocus();
  });

  test("that was over before anybody saw it run is read as well", async () => {
    const { report } = openReport();
    await reportHeading();
    const done = aCompletedJob({ generatedReportId: report.id });
    database.jobs = [done];
    change(report.id, { jobId: done.id, lineCount: 141 });
    FakeEventSource.latest().says("job", done);
    expect(await screen.findByText("141 lines")).toBeVisible();
  });

  test("that runs already is shown instead", async () => {
    openReport();
    await reportHeading();
    database.jobs = [aRunningJob()];
    await choose("More", /Bring it up to date/);
    await press("Show the report under way");
    expect(await screen.findByText("150 / 300 lines")).toBeVisible();
  });

  test("that nothing is left for is refused in the server's words", async () => {
    server.use(http.post("/api/report-jobs", () => problem(422, "nothing-left-to-report")));
    openReport();
    await choose("More", /Bring it up to date/);
    expect(await screen.findByRole("alert")).toHaveTextContent("detail of nothing-left-to-report");
  });

  test("of a submitted report makes another one of the rest, and leads there", async () => {
    const { report } = openReport(SUBMITTED);
    database.periods = [aPeriod({ reports: [report], transactionCount: 143 })];
    await reportHeading();
    await choose("More", /Report the rest of the month/);
    expect(await screen.findByText(/what is new becomes a report of its own/)).toBeVisible();
    const other = aReport({ lineCount: 3 });
    database.reports = [other, ...database.reports];
    const id = database.jobs[0]?.id ?? "";
    const done = aCompletedJob({ id, generatedReportId: other.id });
    FakeEventSource.latest().says("job", progress(id, done));
    await userEvent.click(await screen.findByRole("link", { name: "Open it" }));
    expect(await screen.findByText("3 lines")).toBeVisible();
  });
});

describe("brought up to date while its lines are reviewed", () => {
  /** Two lines in review while a job makes the report anew. */
  async function reviewingMeanwhile() {
    const job = aRunningJob();
    database.jobs = [job];
    const lines = [aFlaggedLine({ description: "Taxi" }), aFlaggedLine({ description: "Hotel" })];
    const { user, report } = await reviewing(lines, { jobId: anId() });
    database.periods = [aPeriod({ reports: [report], activeJobId: job.id })];
    FakeEventSource.latest().says("snapshot", [job]);
    await screen.findByRole("progressbar");
    /** The job ends; another line of the report is different then. */
    async function endJob() {
      change(report.id, { jobId: job.id });
      changeBehind(lines[1]?.id ?? "", { vendor: "Grand Inn" });
      const done = aCompletedJob({ id: job.id, generatedReportId: report.id });
      FakeEventSource.latest().says("job", progress(job.id, done));
      expect(await within(await rowOf("Hotel")).findByText("Grand Inn")).toBeVisible();
    }
    return { user, id: lines[0]?.id ?? "", endJob };
  }

  test("it keeps what is being typed, and where the person is", async () => {
    const { user, endJob } = await reviewingMeanwhile();
    await user.keyboard("e");
    const note = await screen.findByLabelText("Note");
    await user.click(note);
    await user.keyboard("With a client");
    await endJob();
    expect(note).toHaveValue("With a client");
    expect(note).toHaveFocus();
  });

  test("what was done before can be undone", async () => {
    const { user, id, endJob } = await reviewingMeanwhile();
    await user.keyboard("a");
    await waitFor(() => expect(lineOf(id).needsReview).toBe(false));
    await endJob();
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(lineOf(id).needsReview).toBe(true));
  });

  test("a change that is answered later is seen", async () => {
    const { user, id, endJob } = await reviewingMeanwhile();
    const letGo = hold("patch", "/api/reports/:report/lines/:line");
    await user.keyboard("2");
    await endJob();
    letGo();
    await waitFor(() => expect(lineOf(id).glCode).toBe("65400"));
    expect(await within(await rowOf("Taxi")).findByText("65400 Travel")).toBeVisible();
    expect(screen.getByRole("button", { name: "Needs review (1)" })).toBeVisible();
  });
});
