import { expect, test } from "vitest";

import { formatCount, formatMoney } from "@/lib/money";

test("money keeps every cent of an amount that no number can hold", () => {
  expect(formatMoney("90071992547409931.27", "USD", "en-US")).toBe("$90,071,992,547,409,931.27");
});

test("money stands as the reader and the currency have it", () => {
  expect(formatMoney("1234.5", "EUR", "de-DE")).toBe("1.234,50\u00a0€");
  expect(formatMoney("1234", "JPY", "en-US")).toBe("¥1,234");
  expect(formatMoney("-12.30", "USD", "en-US")).toBe("-$12.30");
});

test("counts stand in groups", () => {
  expect(formatCount(12345, "en-US")).toBe("12,345");
});
