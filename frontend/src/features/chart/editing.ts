import type { ChartEntry } from "@/features/chart/api";

/** An entry being changed; a new one has no code of the list yet. */
export interface Row {
  /** The same for the same row, whatever its code is just now. */
  key: string;
  isNew: boolean;
  entry: ChartEntry;
}

/** The rows of a list as it was seen. */
export function rowsOf(entries: readonly ChartEntry[]): Row[] {
  return entries.map((entry) => ({ key: `of:${entry.code}`, isNew: false, entry }));
}

export function newRow(number: number): Row {
  const entry = { code: "", name: "", description: null, active: true };
  return { key: `new:${number}`, isNew: true, entry };
}

/** The list that the rows make; a new one that nobody has begun to fill in is none. */
export function entriesOf(rows: readonly Row[]): ChartEntry[] {
  return rows
    .filter(({ isNew, entry }) => !isNew || entry.code.trim() !== "" || entry.name.trim() !== "")
    .map(({ entry }) => entry);
}

/**
 * What a person changed on the list they saw, put on the list as it is now: what they left alone is
 * as somebody else has made it meanwhile.
 */
export function onNewList(
  rows: readonly Row[],
  seen: readonly ChartEntry[],
  now: readonly ChartEntry[],
): Row[] {
  const before = new Map(seen.map((entry) => [entry.code, entry]));
  const mine = new Map(
    rows
      .filter(({ isNew, entry }) => !isNew && !isSame(entry, before.get(entry.code)))
      .map((row) => [row.entry.code, row]),
  );
  const theirs = rowsOf(now).map((row) => mine.get(row.entry.code) ?? row);
  return [...theirs, ...rows.filter(({ isNew }) => isNew)];
}

function isSame(entry: ChartEntry, other: ChartEntry | undefined): boolean {
  return (
    entry.name === other?.name &&
    (entry.description ?? "") === (other.description ?? "") &&
    entry.active === other.active
  );
}
