import { ProblemError } from "@/api/problem-error";
import { forgetRule, type Line } from "@/features/reports/lines/api";
import { wayBack, type Share } from "@/features/reports/lines/changes/changing";
import type { Sender } from "@/features/reports/lines/changes/kept";
import type { Operation } from "@/features/reports/lines/changes/queue";
import { sendShares, type RuleOutcome } from "@/features/reports/lines/changes/sending";
import type { useSending } from "@/features/reports/lines/changes/use-sending";
import { useUndo, type Done } from "@/features/reports/lines/changes/use-undo";
import { useRefusals } from "@/features/reports/lines/changes/use-unsent";
import { storedLines } from "@/features/reports/lines/use-lines";
import { words } from "@/words";

interface Options {
  to: Sender;
  perform: ReturnType<typeof useSending>["perform"];
  onUndone: (line: Line) => void;
  /** What is taken back is a decision too. */
  onDecided: (share: Share) => void;
}

const { said } = words.review;

/** What was decided, and how it is taken back: behind all that was decided before. */
export function useTakingBack({ to, perform, onUndone, onDecided }: Options) {
  const sayWhyNot = useRefusals();
  const undoing = useUndo({ onUndone, takeBack: (entry) => void takeBack(entry) });

  async function takeBack(entry: Done): Promise<void> {
    const isLate = entry.said === undefined;
    const shares = waysBack(entry.shares, storedLines(to.queries, to.report));
    shares.forEach(onDecided);
    const run = (operation: Operation) => bringBack(to, operation, entry);
    const isWanted = () => true;
    const outcome = await perform({ shares, joined: new Set(), isWanted, run });
    const [failure] = outcome.failed;
    if (failure !== undefined) {
      undoing.restore(entry);
      undoing.unsay(entry);
      sayWhyNot(failure.error, said.undoFailed, { again: () => undoing.undo(entry) });
    } else if (isLate) {
      undoing.say(saidOf(outcome));
    }
  }

  return undoing;
}

/** Take back what became of the change: that is known only now, it may have been under way. */
async function bringBack(to: Sender, operation: Operation, entry: Done): Promise<RuleOutcome> {
  const { newRuleId } = entry;
  await forgetRuleOf(entry);
  entry.shares = (await entry.find?.()) ?? entry.shares;
  entry.find = undefined;
  const seen = operation.shares.map(({ line }) => line);
  const outcome = await sendShares({ ...to, operation }, waysBack(entry.shares, seen));
  const left = new Set(outcome.failed.flatMap(({ shares }) => shares.map(({ line }) => line.id)));
  entry.shares = entry.shares.filter(({ line }) => left.has(line.id)); // for another try
  return { ...outcome, ...(newRuleId !== undefined && { newRuleId }) };
}

async function forgetRuleOf(entry: Done): Promise<void> {
  if (entry.newRuleId === undefined) {
    return;
  }
  try {
    await forgetRule(entry.newRuleId);
  } catch (error) {
    if (!(error instanceof ProblemError && error.status === 404)) {
      throw error;
    }
    // Somebody else has deleted it: what it has changed can still be brought back.
  }
  entry.newRuleId = undefined; // if the rest fails and is tried again, it is gone already
}

/** What brings each line back to what it was, from how it was seen when that was decided. */
function waysBack(shares: readonly Share[], seen: readonly Line[]): Share[] {
  const known = new Map(seen.map((line) => [line.id, line]));
  return shares.map(({ line, set }) => ({
    line: known.get(line.id) ?? line,
    set: wayBack(line, set),
  }));
}

function saidOf({ done, newRuleId }: RuleOutcome): string {
  const names = done.map(({ line }) => line.description);
  const isNothing = names.length === 0 && newRuleId === undefined;
  return isNothing ? said.nothingToUndo : said.undone(names);
}
