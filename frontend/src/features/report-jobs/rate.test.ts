import { expect, test } from "vitest";

import { rateOf, remember, type Heard } from "@/features/report-jobs/rate";

const heard = (...pairs: [seconds: number, lines: number][]) =>
  pairs.reduce<readonly Heard[]>(
    (before, [seconds, lines]) => remember(before, { at: seconds * 1000, lines }),
    [],
  );

test("nothing is said of the pace before enough was heard", () => {
  expect(rateOf([])).toBeNull();
  expect(rateOf(heard([0, 0]))).toBeNull();
  expect(rateOf(heard([0, 0], [5, 40]))).toBeNull();
});

test("the pace is that of the lines since the page began to watch", () => {
  expect(rateOf(heard([0, 100], [10, 120]))).toBe(120);
});

test("what is longer ago than a minute does not count", () => {
  const slowAtLast = heard([0, 0], [10, 500], [70, 510], [130, 520]);
  expect(rateOf(slowAtLast)).toBe(10);
});

test("a job that stands still has a pace of nothing", () => {
  expect(rateOf(heard([0, 7], [20, 7]))).toBe(0);
});
