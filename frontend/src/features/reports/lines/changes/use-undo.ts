import { useRef } from "react";

import { useToasts } from "@/components/ui/toast";
import type { Line } from "@/features/reports/lines/api";
import type { Share } from "@/features/reports/lines/changes/changing";
import type { RuleOutcome } from "@/features/reports/lines/changes/sending";
import { words } from "@/words";

/** The one toast about what was changed last. */
const CHANGE_TOAST = "line-change";

/** Something that was changed, and can be taken back. */
export interface Done {
  /** Nothing as long as only the server knows what will be changed. */
  said: string | undefined;
  /** The lines as they were stored, each with what was changed; as they are shown until then. */
  shares: readonly Share[];
  /** What a rule adds to it. */
  newRuleId?: RuleOutcome["newRuleId"] | undefined;
  find?: RuleOutcome["find"] | undefined;
}

interface Options {
  /** Which line was brought back: the place to go on from. */
  onUndone: (line: Line) => void;
  takeBack: (entry: Done) => void;
}

/** What was decided, the last on top; each told in a toast with the way back. */
export function useUndo({ onUndone, takeBack }: Options) {
  const { say, unsay } = useSay();
  const done = useRef<Done[]>([]);
  const isThere = (entry: Done) => done.current.includes(entry);

  function tell(entry: Done): void {
    if (entry.said !== undefined) {
      say(entry.said, entry, isThere(entry) ? () => undo(entry) : undefined);
    }
  }

  /** It holds its place from the moment of the decision. */
  function begin(entry: Done): Done {
    done.current.push(entry);
    tell(entry);
    return entry;
  }

  function forget(entry: Done): void {
    done.current = done.current.filter((other) => other !== entry);
  }

  /** Only what was really changed is taken back; nothing, if it was refused. */
  function settle(entry: Done, outcome: RuleOutcome, said = entry.said): void {
    const { done: shares, newRuleId, find } = outcome;
    const isLess = shares.length > 0 && shares.length < entry.shares.length;
    const now = isLess ? words.review.said.changed(shares.length) : said;
    const isNews = now !== entry.said && isThere(entry);
    Object.assign(entry, { shares, newRuleId, find, said: now });
    if (isEmpty(entry)) {
      forget(entry);
    }
    if (isNews) {
      tell(entry);
    }
  }

  /** Take back this, or what was decided last. */
  function undo(entry = done.current.at(-1)): void {
    if (entry === undefined || !isThere(entry)) {
      say(words.review.said.nothingToUndo);
      return;
    }
    forget(entry);
    const { said } = words.review;
    const names = entry.shares.map(({ line }) => line.description);
    say(entry.said === undefined ? said.undoing : said.undone(names), entry);
    takeBack(entry);
    const [first] = entry.shares;
    if (first !== undefined) {
      onUndone(first.line);
    }
  }

  function restore(entry: Done): void {
    done.current.push(entry);
  }

  return { begin, settle, forget, restore, undo, isThere, say, unsay };
}

const isEmpty = ({ shares, newRuleId, find }: Done) =>
  shares.length === 0 && newRuleId === undefined && find === undefined;

/** One toast, always about what was done last. */
function useSay() {
  const toasts = useToasts();
  const last = useRef<Done>(undefined);
  return {
    say: (title: string, about?: Done, onUndo?: () => void) => {
      last.current = about;
      const actionProps = onUndo && { children: words.undo, onClick: onUndo };
      toasts.add({ id: CHANGE_TOAST, title, actionProps });
    },
    /** What was said of it has not happened; what was said of another since then stands. */
    unsay: (about: Done) => {
      if (last.current === about) {
        toasts.close(CHANGE_TOAST);
      }
    },
  };
}
