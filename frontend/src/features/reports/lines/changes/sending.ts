import { ProblemError } from "@/api/problem-error";
import {
  editLine,
  editLines,
  linesQuery,
  makeRule,
  type Line,
  type LineChange,
} from "@/features/reports/lines/api";
import {
  isAlreadySo,
  together,
  type Share,
  type Step,
} from "@/features/reports/lines/changes/changing";
import { rememberOwn, sinceThen, type Sender } from "@/features/reports/lines/changes/kept";
import { canBeSentAgain, nothing, type Outcome } from "@/features/reports/lines/changes/outcome";
import { joinLater, type Operation } from "@/features/reports/lines/changes/queue";
import { keepLines, storedLines } from "@/features/reports/lines/use-lines";

export interface Sending extends Sender {
  operation: Operation;
}

/**
 * Send what was decided, each line with the version that was seen then, or that one's own changes
 * have made of it since. A line that was changed elsewhere does not keep the others waiting.
 */
export async function sendShares(to: Sending, shares: readonly Share[]): Promise<Outcome> {
  const outcome = nothing();
  const steps = together(shares.filter(({ line }) => !to.operation.joined.has(line.id)));
  for (const [index, step] of steps.entries()) {
    try {
      await sendStep(to, step, outcome);
    } catch (error) {
      const isAll = canBeSentAgain(error); // then the others would have no better luck
      outcome.failed.push({ error, shares: sharesOf(isAll ? steps.slice(index) : [step]) });
      if (isAll) {
        break;
      }
    }
  }
  return outcome;
}

const sharesOf = (steps: readonly Step[]): Share[] =>
  steps.flatMap(({ lines, set }) => lines.map((line) => ({ line, set })));

async function sendStep(to: Sending, { lines, set }: Step, outcome: Outcome): Promise<void> {
  const before = lines.map((line) => sinceThen(to, line));
  const [line, ...others] = before;
  if (line !== undefined && others.length === 0) {
    await sendOne(to, { line, set }, outcome);
    return;
  }
  const seen = before.map(({ id, version }) => ({ id, version }));
  const { updated, conflicts } = await editLines(to.report.id, { lines: seen, set });
  outcome.done.push(...keepChanged(to, sharesOf([{ lines: before, set }]), updated));
  const known = new Map(before.map((each) => [each.id, each]));
  for (const conflict of conflicts) {
    const left = known.get(conflict.id);
    if (left !== undefined && to.operation.isWanted()) {
      const mine = joinLater(to, to.operation, { line: left, set });
      outcome.leftAlone.push({ conflict, set: mine });
    }
  }
}

async function sendOne(to: Sending, { line, set }: Share, outcome: Outcome): Promise<void> {
  try {
    const place = { reportId: to.report.id, lineId: line.id };
    const told = await editLine(place, line.version, set);
    outcome.done.push(...keepChanged(to, [{ line, set }], [told]));
  } catch (error) {
    const current = currentLine(error);
    if (current === undefined) {
      throw error;
    }
    keepLines(to.queries, to.report, [current]);
    // Where the other one wanted the same, there is nothing to ask.
    if (to.operation.isWanted() && !isAlreadySo(current, set)) {
      outcome.stale.push({ current, mine: joinLater(to, to.operation, { line, set }) });
    }
  }
}

/** What the refusal of a change to an older version carries. */
function currentLine(error: unknown): Line | undefined {
  return error instanceof ProblemError && error.status === 412 ? error.problem.current : undefined;
}

/** Let the server change all lines of the vendor of this one; it says which these are. */
export async function sendForVendor(to: Sender, line: Line, set: LineChange): Promise<Outcome> {
  if (!stillStands(to, line, set)) {
    return { ...nothing(), isDropped: true };
  }
  const lines = [...storedLines(to.queries, to.report)];
  const told = await editLines(to.report.id, { sameVendorAs: line.id, set });
  const count = told.updated.filter(newerThan(lines)).length;
  const done = keepChanged(to, sharesOf([{ lines, set }]), told.updated);
  const leftAlone = told.conflicts.map((conflict) => ({ conflict, set }));
  return { ...nothing(), done, leftAlone, count };
}

/** Whether the line has these codes for the server too: a change that set them may have failed. */
function stillStands(to: Sender, { id }: Line, set: LineChange): boolean {
  const stored = storedLines(to.queries, to.report).find((line) => line.id === id);
  return stored !== undefined && isAlreadySo(stored, set);
}

function newerThan(before: readonly Line[]): (line: Line) => boolean {
  const versions = new Map(before.map(({ id, version }) => [id, version]));
  return ({ id, version }) => version > (versions.get(id) ?? 0);
}

/** Everything a rule may set: what it has changed is brought back member by member. */
const ALL_A_RULE_SETS: LineChange = { glCode: "", departmentCode: "", vendor: "", description: "" };

export interface RuleOutcome extends Outcome {
  /** Of the rule, if it is a new one. */
  newRuleId?: string;
  /** Which lines it has changed, where that could not be seen at once. */
  find?: () => Promise<Share[]>;
}

/** Make a rule of the line and change what is like it: which lines, only a new look tells. */
export async function sendRule(to: Sender, line: Line, codes: LineChange): Promise<RuleOutcome> {
  if (!stillStands(to, line, codes)) {
    return { ...nothing(), isDropped: true };
  }
  const before = storedLines(to.queries, to.report);
  const { ruleId, changed, isNew } = await makeRule({ reportId: to.report.id, lineId: line.id });
  const made = { ...nothing(), count: changed, ...(isNew && { newRuleId: ruleId }) };
  const find = () => findRuled(to, before);
  try {
    return { ...made, done: await find() };
  } catch {
    return { ...made, find }; // the rule is made all the same
  }
}

async function findRuled(to: Sender, before: readonly Line[]): Promise<Share[]> {
  const { queryKey } = linesQuery(to.report);
  await to.queries.refetchQueries({ queryKey, exact: true }, { throwOnError: true });
  // A line that a person has changed meanwhile is theirs, and no rule's.
  const ruled = storedLines(to.queries, to.report).filter(
    ({ tier, editedByUser }) => tier === "rule" && !editedByUser,
  );
  return changedOf(to, sharesOf([{ lines: [...before], set: ALL_A_RULE_SETS }]), ruled);
}

function keepChanged(to: Sender, before: readonly Share[], after: readonly Line[]): Share[] {
  keepLines(to.queries, to.report, after);
  return changedOf(to, before, after);
}

/** The lines of which the very next version is there: what stood there before is known for sure. */
function changedOf(to: Sender, before: readonly Share[], after: readonly Line[]): Share[] {
  const told = new Map(after.map((line) => [line.id, line]));
  return before.filter(({ line }) => {
    const next = told.get(line.id);
    const isNext = next?.version === line.version + 1;
    if (isNext) {
      rememberOwn(to, line, next);
    }
    return isNext;
  });
}
