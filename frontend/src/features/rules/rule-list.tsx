import { useEffect, useRef, useState, type RefObject } from "react";

import { Card } from "@/components/ui/card";
import type { Rule } from "@/features/rules/api";
import { ApplyDialog } from "@/features/rules/apply-dialog";
import type { Chart } from "@/features/rules/chart";
import { RemoveDialog } from "@/features/rules/remove-dialog";
import { RuleRow, type Direction } from "@/features/rules/rule-row";
import { useMove, useSwitch } from "@/features/rules/use-rule-actions";
import { words } from "@/words";

interface Props {
  rules: readonly Rule[];
  chart: Chart;
  /** Lines of drafts may have changed. */
  onApplied: () => void;
}

type Asking = { what: "apply" | "remove"; rule: Rule } | null;

/** The rules in the order in which they are asked. */
export function RuleList({ rules, chart, onApplied }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [asking, ask] = useState<Asking>(null);
  const { move, moved } = useMove(rules);
  const onSwitch = useSwitch();
  useKeepFocus(rules);
  const close = () => ask(null);
  return (
    <>
      <h2 ref={heading} tabIndex={-1} className="sr-only">
        {words.rules.list}
      </h2>
      <ul aria-label={words.rules.list} className="grid gap-2">
        {rules.map((rule, index) => (
          <li key={rule.id}>
            <Card className="p-3 sm:p-4">
              <RuleRow
                {...{ rule, chart }}
                place={index + 1}
                count={rules.length}
                onMove={(direction: Direction) => move(rule, direction)}
                onSwitch={(active) => onSwitch(rule, active)}
                onApply={() => ask({ what: "apply", rule })}
                onRemove={() => ask({ what: "remove", rule })}
              />
            </Card>
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">
        {moved}
      </p>
      {asking?.what === "apply" && (
        <ApplyDialog rule={asking.rule} onApplied={onApplied} onClose={close} />
      )}
      {asking?.what === "remove" && (
        <RemoveDialog rule={asking.rule} onClose={close} focusAfter={heading} />
      )}
    </>
  );
}

/** A row that is moved takes the focus of its button away; it is given back. */
function useKeepFocus(rules: readonly Rule[]): void {
  const focused = useRef<Element | null>(null);
  useEffect(() => {
    const note = () => {
      if (document.activeElement !== document.body) {
        focused.current = document.activeElement;
      }
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  useEffect(() => giveBack(focused), [rules]);
}

function giveBack(focused: RefObject<Element | null>): void {
  const { current } = focused;
  const isLost = document.activeElement === document.body;
  if (isLost && current instanceof HTMLElement && current.isConnected) {
    current.focus();
  }
}
