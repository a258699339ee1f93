import type { Line, LineChange } from "@/features/reports/lines/api";
import type { Sender } from "@/features/reports/lines/changes/kept";
import {
  sendForVendor,
  sendRule,
  type RuleOutcome,
} from "@/features/reports/lines/changes/sending";
import type { useSending } from "@/features/reports/lines/changes/use-sending";
import type { useUndo } from "@/features/reports/lines/changes/use-undo";
import { useRefusals } from "@/features/reports/lines/changes/use-unsent";
import { words } from "@/words";

interface Options {
  to: Sender;
  perform: ReturnType<typeof useSending>["perform"];
  undoing: ReturnType<typeof useUndo>;
}

const { said } = words.review;

/** What only the server knows the extent of. */
interface Late {
  run: () => Promise<RuleOutcome>;
  said: (count: number) => string;
  dropped: string;
  failed: string;
}

/** Changes that follow from one of a line: of which lines, only the answer tells. */
export function useLateChanges({ to, perform, undoing }: Options) {
  const sayWhyNot = useRefusals();

  /** What only the server knows the extent of holds its place among what can be taken back. */
  async function sendLate(late: Late): Promise<void> {
    const entry = undoing.begin({ said: undefined, shares: [] });
    const isWanted = () => undoing.isThere(entry);
    async function run(): Promise<RuleOutcome> {
      const outcome = await late.run();
      const text = outcome.isDropped === true ? late.dropped : late.said(outcome.count ?? 0);
      const leftAlone = isWanted() ? outcome.leftAlone : []; // taken back already
      undoing.settle(entry, outcome, text);
      return { ...outcome, leftAlone };
    }
    const { failed } = await perform({ shares: [], joined: new Set(), isWanted, run });
    const [first] = failed;
    if (first !== undefined && isWanted()) {
      undoing.forget(entry);
      sayWhyNot(first.error, late.failed, { again: () => void sendLate(late) });
    }
  }

  /** Change the other lines of this line's vendor as well. */
  function changeVendor(line: Line, set: LineChange): void {
    const name = line.vendor ?? line.description;
    const { dropped, failed } = words.review.vendor;
    const run = () => sendForVendor(to, line, set);
    void sendLate({ run, said: said.vendor, dropped: dropped(name), failed: failed(name) });
  }

  /** Make a rule of this line, and change the lines that are like it. */
  function makeRuleOf(line: Line): void {
    const { glCode, departmentCode } = line;
    const name = line.vendor ?? line.description;
    const { ruleDropped, ruleFailed } = words.review.vendor;
    const run = () => sendRule(to, line, { glCode, departmentCode });
    void sendLate({ run, said: said.rule, dropped: ruleDropped(name), failed: ruleFailed(name) });
  }

  return { changeVendor, makeRuleOf };
}
