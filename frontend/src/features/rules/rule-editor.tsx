import { useEffect, useRef, useState, type SyntheticEvent } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Rule } from "@/features/rules/api";
import type { Chart } from "@/features/rules/chart";
import { RuleConflict } from "@/features/rules/rule-conflict";
import { ConditionFields, NameFields, OutcomeFields } from "@/features/rules/rule-fields";
import { RuleTestPanel } from "@/features/rules/rule-test-panel";
import { useRuleEditing } from "@/features/rules/use-rule-editing";
import { words } from "@/words";

interface Props {
  /** The one to change; none: a new one. */
  rule?: Rule;
  chart: Chart;
  onSaved: (rule: Rule) => void;
}

/** Writes a rule, tries it on past lines, saves it. */
export function RuleEditor({ rule, chart, onSaved }: Props) {
  const editing = useRuleEditing(rule, onSaved);
  const form = useFirstProblem(editing.timesShown);
  const [trials, setTrials] = useState(0);
  const { draft, change, problems, theirs } = editing;
  const fields = { draft, problems, onChange: change };

  function submit(event: SyntheticEvent): void {
    event.preventDefault();
    editing.save();
  }

  function test(): void {
    if (editing.isComplete()) {
      setTrials(trials + 1);
    }
  }

  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <Card>
        <form onSubmit={submit} noValidate className="grid gap-6" ref={form}>
          <ConditionFields {...fields} />
          <OutcomeFields {...fields} chart={chart} />
          <NameFields {...fields} />
          {theirs !== null && (
            <RuleConflict
              mine={draft}
              theirs={theirs}
              chart={chart}
              onKeepMine={editing.keepMine}
              onTakeTheirs={editing.takeTheirs}
            />
          )}
          <Refusal error={theirs === null ? editing.error : null} problems={problems} />
          <div className="flex flex-wrap justify-end gap-2">
            <Button type="button" variant="outline" onClick={test}>
              {trials === 0 ? words.rules.test.action : words.rules.test.again}
            </Button>
            <Button type="submit" disabled={editing.isSaving} focusableWhenDisabled>
              {editing.isSaving ? words.rules.form.saving : words.rules.form.save}
            </Button>
          </div>
        </form>
      </Card>
      <RuleTestPanel {...{ draft, chart, trials }} id={rule?.id ?? null} />
    </div>
  );
}

interface RefusalProps {
  error: Error | null;
  problems: object;
}

function Refusal({ error, problems }: RefusalProps) {
  if (Object.keys(problems).length > 0) {
    return <Alert title={words.rules.form.check} />;
  }
  return error && <Alert title={troubleOf(error).title}>{troubleOf(error).detail}</Alert>;
}

/** The first field that something is wrong with takes the focus, each time problems are shown. */
function useFirstProblem(timesShown: number) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (timesShown > 0) {
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
    }
  }, [timesShown]);
  return form;
}
