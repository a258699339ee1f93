import { expect, test } from "vitest";

import { formatDuration, formatElapsed, formatSpan, secondsUntil } from "@/lib/durations";

test.each([
  [0, "5 seconds"],
  [12, "10 seconds"],
  [43, "45 seconds"],
  [54.9, "55 seconds"],
  [55, "1 minute"],
  [89, "1 minute"],
  [91, "2 minutes"],
  [3569, "59 minutes"],
  [3571, "1 hour"],
  [3600, "1 hour"],
  [4800, "1 hour 20 minutes"],
])("%f seconds are %s", (seconds, said) => {
  expect(formatDuration(seconds, "en-US")).toBe(said);
});

test("time left is counted from the moment given", () => {
  expect(secondsUntil("2026-01-01T00:01:30Z", Date.parse("2026-01-01T00:00:00Z"))).toBe(90);
});

test.each([
  [0.2, "1 second"],
  [17.4, "17 seconds"],
  [59.4, "59 seconds"],
  [59.6, "1 minute"],
  [4800, "1 hour 20 minutes"],
])("what took %f seconds took %s", (seconds, said) => {
  expect(formatElapsed(seconds, "en-US")).toBe(said);
});

test.each([
  [0.47, "0.47 seconds"],
  [10, "10 seconds"],
  [60, "1 minute"],
  [90, "90 seconds"],
])("a span of %f seconds is exactly %s", (seconds, said) => {
  expect(formatSpan(seconds, "en-US")).toBe(said);
});
