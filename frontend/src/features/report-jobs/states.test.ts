import { expect, test } from "vitest";

import { historySearch } from "@/features/report-jobs/history-search";
import { leftSomething, newerThan } from "@/features/report-jobs/states";
import { aCompletedJob, aJob, aRunningJob } from "@/testing/factories";

test("only a finished job with lines left open or flagged left something", () => {
  expect(leftSomething(aRunningJob())).toBe(false);
  expect(leftSomething(aCompletedJob())).toBe(false);
  expect(leftSomething(aCompletedJob({ failedLines: 1 }))).toBe(true);
  expect(leftSomething(aJob({ status: "Failed" }))).toBe(true);
  expect(leftSomething(aJob({ status: "Cancelled" }))).toBe(true);
});

test("a later job of the same month is found, and no other", () => {
  const first = aJob({ createdAt: "2026-02-01T09:00:00Z" });
  const second = aJob({ createdAt: "2026-02-01T10:00:00Z" });
  const other = aJob({ period: "2026-02", createdAt: "2026-02-01T11:00:00Z" });
  expect(newerThan(first, [other, second, first])).toBe(second);
  expect(newerThan(second, [other, second, first])).toBeUndefined();
  // The list may be a little older than the job.
  expect(newerThan(second, [other, first])).toBeUndefined();
  expect(newerThan(first, [])).toBeUndefined();
});

test("an address says what makes sense, and nothing else", () => {
  expect(historySearch({ status: "Failed", page: 3 })).toEqual({ status: "Failed", page: 3 });
  expect(historySearch({ status: "Lost", page: "two" })).toEqual({});
  expect(historySearch({ page: 1 })).toEqual({});
  expect(historySearch({ page: -4 })).toEqual({});
});
