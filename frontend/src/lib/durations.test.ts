import { expect, test } from "vitest";

import { formatDuration, secondsUntil } from "@/lib/durations";

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
