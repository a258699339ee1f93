import { expect, test } from "vitest";

import { compareAmounts } from "@/lib/compare-amounts";

test("amounts stand in order, whatever their sign and length", () => {
  const amounts = [
    "10.00",
    "-1.50",
    "9.99",
    "90071992547409931.27",
    "-20.00",
    "90071992547409931.26",
    "0.00",
  ];
  expect(amounts.toSorted(compareAmounts)).toEqual([
    "-20.00",
    "-1.50",
    "0.00",
    "9.99",
    "10.00",
    "90071992547409931.26",
    "90071992547409931.27",
  ]);
});

test("the same amount is the same in every currency's digits", () => {
  expect(compareAmounts("5", "5.00")).toBe(0);
  expect(compareAmounts("5.000", "5")).toBe(0);
  expect(compareAmounts("-5", "-5.01")).toBeGreaterThan(0);
});
