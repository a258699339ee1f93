import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { useToasts } from "@/components/ui/toast";
import { forgetRule, type Line, type LineChange, type Report } from "@/features/reports/lines/api";
import { stepsBack } from "@/features/reports/lines/changes/changing";
import {
  sendForVendor,
  sendRule,
  sendSteps,
  type Outcome,
  type Sender,
} from "@/features/reports/lines/changes/sending";
import { CHANGE_TOAST, useSending } from "@/features/reports/lines/changes/use-sending";
import { storedLines } from "@/features/reports/lines/use-lines";
import { words } from "@/words";

/** Something that was changed, and can be taken back. */
interface Done {
  said: string;
  set: LineChange;
  /** The lines as they were. */
  before: readonly Line[];
  newRuleId?: string | undefined;
}

/** Everything a rule may set: what it has changed is brought back member by member. */
const ALL_A_RULE_SETS: LineChange = { glCode: "", departmentCode: "", vendor: "", description: "" };

interface Options {
  report: Report;
  onChanged: () => void;
  /** Which line was brought back: the place to go on from. */
  onUndone: (line: Line) => void;
}

/** Changes of lines: shown at once, told, and all of them undoable. */
export function useLineChanges({ report, onChanged, onUndone }: Options) {
  const to = { queries: useQueryClient(), report };
  const { perform, ...questions } = useSending(report, onChanged);
  const { begin, settle, undo } = useUndo({
    onUndone,
    takeBack: (entry, again) => {
      const steps = stepsBack(entry.before, entry.set);
      const run = async () => {
        await forgetRuleOf(entry);
        // What became of the change is known only now: it may have been under way.
        return sendSteps(to, stepsBack(entry.before, entry.set));
      };
      void perform({ steps, run, mine: steps[0]?.set ?? entry.set, again });
    },
  });

  /** Change these lines; `said` is what the person hears. */
  function change(lines: readonly Line[], set: LineChange, said: string): void {
    const steps = [{ ids: lines.map(({ id }) => id), set, seen: seenBefore(to, lines) }];
    const entry = begin({ said, set, before: lines });
    const again = () => change(lines, set, said);
    const run = () => settle(entry, sendSteps(to, steps));
    void perform({ steps, run, mine: set, again });
  }

  /** Change the other lines of this line's vendor as well. */
  async function changeVendor(line: Line, set: LineChange): Promise<void> {
    const run = () => sendForVendor(to, line.id, set);
    const again = () => void changeVendor(line, set);
    const outcome = await perform({ steps: [], run, mine: set, again });
    if (outcome !== undefined) {
      const { changed } = outcome;
      begin({ said: words.review.said.vendor(changed.length), set, before: changed });
    }
  }

  /** Make a rule of this line, and change the lines that are like it. */
  async function makeRuleOf(line: Line): Promise<void> {
    const set = ALL_A_RULE_SETS;
    const run = () => sendRule(to, line.id);
    const outcome = await perform({
      steps: [],
      run,
      mine: set,
      again: () => void makeRuleOf(line),
    });
    if (outcome !== undefined) {
      const { changed, newRuleId } = outcome;
      begin({ said: words.review.said.rule(changed.length), set, before: changed, newRuleId });
    }
  }

  return {
    change,
    changeVendor: (line: Line, set: LineChange) => void changeVendor(line, set),
    makeRuleOf: (line: Line) => void makeRuleOf(line),
    undo,
    ...questions,
  };
}

/** The version of the line that was seen, where a later one has come since. */
function seenBefore(to: Sender, [line, ...others]: readonly Line[]): number | undefined {
  const stored = storedLines(to.queries, to.report).find(({ id }) => id === line?.id);
  const isOlder = line !== undefined && stored !== undefined && line.version < stored.version;
  return isOlder && others.length === 0 ? line.version : undefined;
}

async function forgetRuleOf(entry: Done): Promise<void> {
  if (entry.newRuleId !== undefined) {
    await forgetRule(entry.newRuleId);
    entry.newRuleId = undefined; // if the rest fails and is tried again, it is gone already
  }
}

interface UndoOptions extends Pick<Options, "onUndone"> {
  takeBack: (entry: Done, again: () => void) => void;
}

/** What was changed, the last on top; each told in a toast with the way back. */
function useUndo({ onUndone, takeBack }: UndoOptions) {
  const say = useSay();
  const done = useRef<Done[]>([]);

  function begin(entry: Done): Done {
    done.current.push(entry);
    say(entry.said, () => undo(entry));
    return entry;
  }

  function forget(entry: Done): void {
    done.current = done.current.filter((other) => other !== entry);
  }

  /** Only what was really changed is taken back; nothing, if it was refused. */
  async function settle(entry: Done, sending: Promise<Outcome>): Promise<Outcome> {
    try {
      const outcome = await sending;
      const ids = new Set(outcome.changed.map(({ id }) => id));
      const changed = entry.before.filter(({ id }) => ids.has(id));
      if (changed.length < entry.before.length && changed.length > 0) {
        entry.said = words.review.said.changed(changed.length);
        say(entry.said, () => undo(entry));
      }
      entry.before = changed;
      return outcome;
    } catch (error) {
      entry.before = [];
      throw error;
    } finally {
      if (entry.before.length === 0) {
        forget(entry);
      }
    }
  }

  /** Take back this, or what was changed last. */
  function undo(entry = done.current.at(-1)): void {
    if (entry === undefined || !done.current.includes(entry)) {
      say(words.review.said.nothingToUndo);
      return;
    }
    forget(entry);
    say(words.review.said.undone(entry.before.map(({ description }) => description)));
    takeBack(entry, () => {
      done.current.push(entry);
      undo(entry);
    });
    const [first] = entry.before;
    if (first !== undefined) {
      onUndone(first);
    }
  }

  return { begin, settle, undo: () => undo() };
}

/** One toast, always about what was done last. */
function useSay() {
  const toasts = useToasts();
  return (title: string, onUndo?: () => void) => {
    const actionProps = onUndo && { children: words.undo, onClick: onUndo };
    toasts.add({ id: CHANGE_TOAST, title, actionProps });
  };
}
