import { useState } from "react";

import { ProblemError } from "@/api/problem-error";
import { troubleOf } from "@/api/problems";
import { useToasts } from "@/components/ui/toast";
import type { Rule } from "@/features/rules/api";
import type { Direction } from "@/features/rules/rule-row";
import { useOrderRules, useSwitchRule } from "@/features/rules/use-rules";
import { words } from "@/words";

/** What moves a rule one place, and what a reader hears of it. */
export function useMove(rules: readonly Rule[]) {
  const order = useOrderRules();
  const tell = useTelling();
  const [moved, setMoved] = useState("");

  function move(rule: Rule, direction: Direction): void {
    const ids = rules.map(({ id }) => id);
    const at = ids.indexOf(rule.id);
    const to = at + direction;
    if (to < 0 || to >= ids.length) {
      return;
    }
    setMoved(words.rules.moved(rule.title, to + 1, ids.length));
    order.mutate(ids.toSpliced(at, 1).toSpliced(to, 0, rule.id), {
      onError: (error) => {
        setMoved("");
        tell(error, words.rules.couldNotMove);
      },
    });
  }

  return { move, moved };
}

/** What switches a rule on or off. */
export function useSwitch() {
  const { mutate } = useSwitchRule();
  const tell = useTelling();
  return (rule: Rule, active: boolean) =>
    mutate({ rule, active }, { onError: (error) => tell(error, words.rules.couldNotSwitch) });
}

/** Why something in the list did not happen; the list is read anew by then. */
function useTelling() {
  const toasts = useToasts();
  return (error: Error, title: string): void => {
    const isOutdated = error instanceof ProblemError && [404, 409].includes(error.status);
    toasts.add(
      isOutdated
        ? { title: words.rules.changedElsewhere, description: words.rules.changedElsewhereHint }
        : { title, description: troubleOf(error).detail },
    );
  };
}
