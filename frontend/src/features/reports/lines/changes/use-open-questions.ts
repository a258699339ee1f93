import { useEffect, useRef, useState } from "react";

import { useToasts } from "@/components/ui/toast";
import type { Line, LineChange } from "@/features/reports/lines/api";
import { isAlreadySo, merged } from "@/features/reports/lines/changes/changing";
import type { Sender } from "@/features/reports/lines/changes/kept";
import type { LeftAlone, Outcome, Stale } from "@/features/reports/lines/changes/outcome";
import { titleOf } from "@/features/reports/lines/changes/use-unsent";
import { storedLines } from "@/features/reports/lines/use-lines";
import { words } from "@/words";

/** What only the person can decide, one question after the other. */
export function useOpenQuestions(to: Sender) {
  const [stale, setStale] = useState<readonly Stale[]>([]);
  const [leftAlone, setLeftAlone] = useState<readonly (readonly LeftAlone[])[]>([]);
  const toasts = useToasts();
  const isHere = useIsHere();

  function ask(outcome: Outcome): void {
    if (!isHere.current) {
      outcome.stale.forEach(({ current, mine }) => tellElsewhere(current, mine));
      return;
    }
    const left = unlessSo(to, outcome.leftAlone);
    setStale((asked) => outcome.stale.reduce(withQuestion, asked));
    setLeftAlone((asked) => (left.length === 0 ? asked : [...asked, left]));
  }

  /** The page with the question is left: what was not saved is said at least. */
  function tellElsewhere(line: Line, set: LineChange): void {
    const description = words.review.stale.title;
    toasts.add({ title: titleOf([{ line, set }]), description, timeout: 0 });
  }

  return {
    ask,
    stale: stale[0],
    settleStale: () => setStale(([, ...others]) => others),
    /** One question at a time. */
    leftAlone: stale.length === 0 ? leftAlone[0] : undefined,
    settleLeftAlone: () => setLeftAlone(([, ...others]) => others),
  };
}

function useIsHere() {
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  return isHere;
}

/** A line that is asked about already is not asked about twice. */
function withQuestion(asked: readonly Stale[], question: Stale): readonly Stale[] {
  const isSame = ({ current }: Stale) => current.id === question.current.id;
  const before = asked.find(isSame);
  if (before === undefined) {
    return [...asked, question];
  }
  const mine = merged(before.mine, question.mine);
  return asked.map((each) => (each === before ? { ...question, mine } : each));
}

/** Not of lines that are so already: of a change that was stored although nobody heard the answer. */
function unlessSo(to: Sender, leftAlone: readonly LeftAlone[]): LeftAlone[] {
  const known = new Map(storedLines(to.queries, to.report).map((line) => [line.id, line]));
  return leftAlone.filter(({ conflict, set }) => {
    const line = known.get(conflict.id);
    return conflict.reason === "gone" || line === undefined || !isAlreadySo(line, set);
  });
}
