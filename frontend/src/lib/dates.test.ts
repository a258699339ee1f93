import { expect, test } from "vitest";

import { formatDay, formatDistance, formatPeriod } from "@/lib/dates";

test("a month is named in the reader's language, whatever the time zone", () => {
  expect(formatPeriod("2026-01", "en-US")).toBe("January 2026");
  expect(formatPeriod("2026-12", "de-DE")).toBe("Dezember 2026");
});

test("what is no month stands as it is", () => {
  expect(formatPeriod("soon", "en-US")).toBe("soon");
});

test("a day stands as the reader writes it, whatever the time zone", () => {
  expect(formatDay("2026-01-31", "en-US")).toBe("Jan 31, 2026");
  expect(formatDay("someday", "en-US")).toBe("someday");
});

test("a distance in time is said in the reader's language", () => {
  const now = Date.parse("2026-02-01T12:00:00Z");
  expect(formatDistance("2026-02-01T10:00:00Z", now, "en-US")).toBe("2 hours ago");
  expect(formatDistance("2026-02-01T12:05:00Z", now, "de-DE")).toBe("in 5 Minuten");
});
