import type { CodeTotal, CurrencyTotals } from "@/features/reports/api";
import { lengthOf } from "@/lib/money";
import { words } from "@/words";

export type Kind = "account" | "department";
/** Told which code the lines are wanted of; empty: those without one. */
export type ChooseCode = (kind: Kind, code: string) => void;

/** What the chart and the table of some sums are told. */
export interface TotalsProps {
  totals: CurrencyTotals;
  kind: Kind;
  onChoose: ChooseCode;
}

/** So many are seen at a glance: the bars of a chart, the rows of a table that is not opened. */
export const AT_A_GLANCE = 10;

/** The sums of one kind, the largest first. */
export function ranked(totals: CurrencyTotals, kind: Kind): CodeTotal[] {
  const sums = kind === "account" ? totals.byAccount : totals.byDepartment;
  return sums.toSorted((one, other) => lengthOf(other.amount) - lengthOf(one.amount));
}

/** How an account or a department is called; those that have left the chart have their code only. */
export function nameOf({ code, name }: CodeTotal, kind: Kind): string {
  return code === null ? words.report.totals.none[kind] : (name ?? code);
}
