import { expect, test } from "vitest";

import {
  columnsOf,
  fateOf,
  flipped,
  withChoice,
  withDelimiter,
  withRole,
} from "@/features/statements/reading";
import { aPreview, aRefusedRow, aRow } from "@/testing/statement-factories";

test.each([
  ["imported", aRow()],
  ["skipped", aRow({ imports: false, chosen: "skip" })],
  ["duplicate", aRow({ decision: "duplicate" })],
  ["imported", aRow({ decision: "duplicate", imports: true, chosen: "import" })],
  ["payment", aRow({ decision: "payment" })],
  ["imported", aRow({ decision: "payment", chosen: "import" })],
  ["skipped", aRow({ decision: "payment", imports: false, chosen: "skip" })],
  ["rejected", aRefusedRow()],
])("a row is %s", (fate, row) => {
  expect(fateOf(row)).toBe(fate);
});

test("columns go by their headings, and by their place without one", () => {
  const mapping = { ...aPreview().mapping, columns: { date: [0], description: [2, 1] } };
  expect(columnsOf(aPreview({ mapping, headings: ["Date", " ", "Text", "Tax"] }))).toEqual([
    { title: "Date", role: "date" },
    { title: "Column 2 (without a heading)", role: "description" },
    { title: "Text", role: "description" },
    { title: "Tax", role: "" },
  ]);
  expect(columnsOf(aPreview({ mapping, headings: [] })).map(({ title }) => title)).toEqual([
    "Column 1",
    "Column 2",
    "Column 3",
  ]);
});

test("a column moves from one role to the head of another, beside what was said before", () => {
  const preview = aPreview();
  const before = { columns: { balance: [3] } };
  expect(withRole(before, preview, { column: 1, role: "amount" })).toEqual({
    columns: { balance: [3], description: [], amount: [1, 2] },
  });
  expect(withRole({}, preview, { column: 1, role: "" })).toEqual({ columns: { description: [] } });
});

test("another delimiter voids what was said of columns, and nothing else", () => {
  const before = { columns: { balance: [3] }, headerRow: 2, decimalSign: "," as const };
  expect(withDelimiter(before, ";")).toEqual({ decimalSign: ",", delimiter: ";" });
});

test("the sign is the other one", () => {
  expect(flipped({}, aPreview()).signConvention).toBe("chargesNegative");
  expect(flipped({}, aPreview({ signConvention: "chargesNegative" })).signConvention).toBe(
    "chargesPositive",
  );
});

test("a choice is kept as long as it is one", () => {
  const once = withChoice({}, 7, "skip");
  expect(withChoice(once, 9, "import")).toEqual({ 7: "skip", 9: "import" });
  expect(withChoice(once, 7, null)).toEqual({});
});
