import { expect, test } from "vitest";

import { leftOver, standingOf } from "@/features/periods/next-step";
import { aPeriod, aReport } from "@/testing/factories";

const draft = aReport({ status: "Draft", needsReviewCount: 3 });
const clean = aReport({ status: "Draft", needsReviewCount: 0 });
const submitted = aReport({ status: "Submitted" });
const reports = [draft, clean, submitted];
const inMonth = (...found: (typeof draft)[]) => aPeriod({ reports: found });

test("a month without a report is new", () => {
  expect(standingOf(inMonth(), { reports })).toEqual({ state: "new" });
});

test("a month whose report is being made is watched, whatever else it has", () => {
  const period = { ...inMonth(draft, submitted), activeJobId: "j1" };
  expect(standingOf(period, { reports })).toEqual({ state: "running", jobId: "j1" });
});

test("a draft with flagged lines is reviewed, before a failed job is looked at", () => {
  expect(standingOf(inMonth(draft), { reports, failedJobId: "j1" })).toEqual({
    state: "review",
    reportId: draft.id,
    count: 3,
  });
});

test("a draft that needs nothing is ready", () => {
  expect(standingOf(inMonth(clean), { reports })).toEqual({ state: "ready", reportId: clean.id });
});

test("a supplementary draft goes before the report that was submitted", () => {
  expect(standingOf(inMonth(submitted, draft), { reports }).state).toBe("review");
});

test("a failed job is tried again, also beside a submitted report", () => {
  const failed = { state: "failed", jobId: "j1" };
  expect(standingOf(inMonth(), { reports, failedJobId: "j1" })).toEqual(failed);
  expect(standingOf(inMonth(submitted), { reports, failedJobId: "j1" })).toEqual(failed);
});

test("a submitted month is exported", () => {
  expect(standingOf(inMonth(submitted), { reports }).state).toBe("submitted");
});

test("a submitted month that grew is reported again, as far as it is new", () => {
  const grown = { ...inMonth(submitted), transactionCount: 143 };
  const more = { state: "more", reportId: submitted.id, count: 3 };
  expect(standingOf(grown, { reports })).toEqual(more);
  // What a report holds that is not known, is not guessed.
  expect(leftOver(grown, [])).toBe(0);
});

test("a month of personal charges and payments only has nothing to report", () => {
  expect(standingOf({ ...inMonth(), transactionCount: 0 }, { reports })).toEqual({
    state: "nothing",
  });
});
