import { expect, test } from "vitest";

import { entriesOf, newRow, onNewList, rowsOf } from "@/features/chart/editing";

const entry = (code: string, name: string) => ({ code, name, description: null, active: true });
const SEEN = [entry("1", "Meals"), entry("2", "Fuel"), entry("3", "Taxi")];

test("a new row that nobody has filled in is no entry", () => {
  const begun = { ...newRow(2), entry: entry("4", "") };
  expect(entriesOf([...rowsOf(SEEN), newRow(1), begun])).toEqual([...SEEN, entry("4", "")]);
});

test("on a list that changed meanwhile, what I changed is mine and the rest is theirs", () => {
  const mine = rowsOf(SEEN).map((row) =>
    row.entry.code === "2" ? { ...row, entry: entry("2", "Petrol") } : row,
  );
  const added = { ...newRow(1), entry: entry("5", "Parking") };
  const now = [entry("1", "Lunch"), entry("2", "Diesel"), entry("3", "Taxi"), entry("4", "Rail")];
  expect(entriesOf(onNewList([...mine, added], SEEN, now))).toEqual([
    entry("1", "Lunch"),
    entry("2", "Petrol"),
    entry("3", "Taxi"),
    entry("4", "Rail"),
    entry("5", "Parking"),
  ]);
});
