import type { QueryClient } from "@tanstack/react-query";

import {
  editLine,
  editLines,
  linesQuery,
  makeRule,
  type Conflict,
  type Line,
  type LineChange,
  type Report,
} from "@/features/reports/lines/api";
import type { Step } from "@/features/reports/lines/changes/changing";
import { keepLines, storedLines } from "@/features/reports/lines/use-lines";

/** What became of a change: the lines as they were before, and those that were left alone. */
export interface Outcome {
  changed: Line[];
  conflicts: Conflict[];
  /** Of the rule that was made with it, if it is a new one. */
  newRuleId?: string;
}

export interface Sender {
  queries: QueryClient;
  report: Report;
}

/** Send one step after the other, each with the versions that are known when its turn comes. */
export async function sendSteps(to: Sender, steps: readonly Step[]): Promise<Outcome> {
  const outcome: Outcome = { changed: [], conflicts: [] };
  for (const step of steps) {
    const { changed, conflicts } = await sendStep(to, step);
    outcome.changed.push(...changed);
    outcome.conflicts.push(...conflicts);
  }
  return outcome;
}

async function sendStep(to: Sender, { ids, set, seen }: Step): Promise<Outcome> {
  const wanted = new Set(ids);
  const before = storedLines(to.queries, to.report).filter(({ id }) => wanted.has(id));
  const [line, ...others] = before;
  if (line === undefined) {
    return { changed: [], conflicts: [] };
  }
  if (others.length === 0) {
    const place = { reportId: to.report.id, lineId: line.id };
    const told = await editLine(place, seen ?? line.version, set);
    keepLines(to.queries, to.report, [told]);
    return { changed: before, conflicts: [] };
  }
  const lines = before.map(({ id, version }) => ({ id, version }));
  return keepBulk(to, before, await editLines(to.report.id, { lines, set }));
}

/** Let the server change all lines of the vendor of this one; it says which these are. */
export async function sendForVendor(to: Sender, lineId: string, set: LineChange): Promise<Outcome> {
  const before = storedLines(to.queries, to.report);
  const told = await editLines(to.report.id, { sameVendorAs: lineId, set });
  return keepBulk(to, before, told);
}

function keepBulk(
  to: Sender,
  before: readonly Line[],
  { updated, conflicts }: { updated: Line[]; conflicts: Conflict[] },
): Outcome {
  keepLines(to.queries, to.report, updated);
  return { changed: earlierOf(before, updated), conflicts };
}

/** Make a rule of the line and change what is like it: which lines, only a new look tells. */
export async function sendRule(to: Sender, lineId: string): Promise<Outcome & { count: number }> {
  const before = storedLines(to.queries, to.report);
  const { ruleId, changed, isNew } = await makeRule({ reportId: to.report.id, lineId });
  await to.queries.refetchQueries({ queryKey: linesQuery(to.report).queryKey, exact: true });
  return {
    changed: earlierOf(before, storedLines(to.queries, to.report)),
    conflicts: [],
    count: changed,
    ...(isNew && { newRuleId: ruleId }),
  };
}

/** The lines as they were, of which there is a later version. */
function earlierOf(before: readonly Line[], after: readonly Line[]): Line[] {
  const versions = new Map(after.map(({ id, version }) => [id, version]));
  return before.filter(({ id, version }) => (versions.get(id) ?? version) > version);
}
