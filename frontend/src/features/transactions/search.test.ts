import { expect, test } from "vitest";

import { transactionSearch } from "@/features/transactions/search";

test("an address says which transactions are shown", () => {
  const search = { q: "hotel", period: "2026-01", page: 3 };
  expect(transactionSearch(search)).toEqual(search);
  expect(transactionSearch({ q: 4417 })).toEqual({ q: "4417" });
});

test.each([
  { q: "  " },
  { q: ["hotel"] },
  { period: "2026-13" },
  { period: 202601 },
  { page: 1 },
  { page: -2 },
  { page: 1.5 },
  { page: "two" },
  { other: "thing" },
])("what means nothing is passed over: %o", (search) => {
  expect(transactionSearch(search)).toEqual({});
});

test("a search is no longer than the server takes", () => {
  expect(transactionSearch({ q: "x".repeat(300) }).q).toHaveLength(200);
});
