import { expect, test } from "vitest";

import { formatPeriod } from "@/lib/dates";

test("a month is named in the reader's language, whatever the time zone", () => {
  expect(formatPeriod("2026-01", "en-US")).toBe("January 2026");
  expect(formatPeriod("2026-12", "de-DE")).toBe("Dezember 2026");
});

test("what is no month stands as it is", () => {
  expect(formatPeriod("soon", "en-US")).toBe("soon");
});
