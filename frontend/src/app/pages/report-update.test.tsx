import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http } from "msw";
import { describe, expect, test } from "vitest";

import { database, problem, progress, server } from "@/testing/backend";
import { change } from "@/testing/backend/reports";
import { aCompletedJob, aPeriod, aReport, aRunningJob } from "@/testing/factories";
import { FakeEventSource } from "@/testing/fake-event-source";
import { choose, openReport, press, reportHeading, SUBMITTED } from "@/testing/report-page";

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
