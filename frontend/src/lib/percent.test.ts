import { expect, test } from "vitest";

import { formatPercent } from "@/lib/percent";

test("a share stands as the reader has it", () => {
  expect(formatPercent(0.625, "en-US")).toBe("63%");
  expect(formatPercent(1, "de-DE")).toBe("100\u00a0%");
});
