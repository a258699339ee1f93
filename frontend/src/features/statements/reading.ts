import type { Choice, Preview, PreviewRow, Reading } from "@/features/statements/api";
import { words } from "@/words";

export type Role = keyof typeof words.statements.roles;
export const ROLES = Object.keys(words.statements.roles) as Role[];

/** What becomes of a row: each counts in one of these. */
export type Fate = keyof typeof words.statements.rows.fate;

export function fateOf({ decision, imports, chosen }: PreviewRow): Fate {
  if (decision === "rejected") {
    return "rejected";
  }
  if (!imports) {
    return decision === "duplicate" ? "duplicate" : "skipped";
  }
  return decision === "payment" && chosen !== "import" ? "payment" : "imported";
}

/** The columns of a table, in their order; those after the last one in use have no name to show. */
export function columnsOf({ headings, mapping }: Preview): { title: string; role: Role | "" }[] {
  const used = Object.values(mapping.columns).flat();
  const count = Math.max(headings.length, ...used.map((column) => column + 1), 0);
  return Array.from({ length: count }, (_, column) => ({
    title: titleOf(headings, column),
    role: ROLES.find((role) => mapping.columns[role]?.includes(column)) ?? "",
  }));
}

function titleOf(headings: readonly string[], column: number): string {
  const heading = headings[column]?.trim() ?? "";
  if (heading !== "") {
    return heading;
  }
  const { unnamed, column: numbered } = words.statements.reading;
  return headings.length > 0 ? unnamed(column + 1) : numbered(column + 1);
}

/** The reading with one column in another role: first in it, since the person has said so. */
export function withRole(
  reading: Reading,
  preview: Preview,
  { column, role }: { column: number; role: Role | "" },
): Reading {
  const shown = preview.mapping.columns;
  const left = Object.entries(shown).filter(([, columns]) => columns.includes(column));
  const columns: NonNullable<Reading["columns"]> = { ...reading.columns };
  for (const [name, held] of left) {
    columns[name] = held.filter((other) => other !== column);
  }
  if (role !== "") {
    columns[role] = [column, ...(shown[role] ?? []).filter((other) => other !== column)];
  }
  return { ...reading, columns };
}

/** With another delimiter the columns are others: what was said of them is void. */
export function withDelimiter(
  reading: Reading,
  delimiter: NonNullable<Reading["delimiter"]>,
): Reading {
  const kept = { ...reading, delimiter };
  delete kept.columns;
  delete kept.headerRow;
  return kept;
}

export function flipped(reading: Reading, { signConvention }: Preview): Reading {
  const other = signConvention === "chargesPositive" ? "chargesNegative" : "chargesPositive";
  return { ...reading, signConvention: other };
}

/** The choices with another one for a row; what happens anyway needs none. */
export function withChoice(
  choices: Readonly<Record<string, Choice>>,
  row: number,
  choice: Choice | null,
): Record<string, Choice> {
  const others = Object.entries(choices).filter(([key]) => key !== String(row));
  return Object.fromEntries(choice === null ? others : [...others, [String(row), choice]]);
}

export function countByDecision(
  rows: readonly PreviewRow[],
): Record<PreviewRow["decision"], number> {
  const counts = { new: 0, duplicate: 0, payment: 0, rejected: 0 };
  for (const { decision } of rows) {
    counts[decision] += 1;
  }
  return counts;
}
