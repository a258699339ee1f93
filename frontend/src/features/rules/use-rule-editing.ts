import { useState } from "react";

import type { Rule } from "@/features/rules/api";
import {
  contentOf,
  draftOf,
  EMPTY_DRAFT,
  problemsIn,
  problemsOf,
  type FieldProblems,
  type RuleDraft,
} from "@/features/rules/rule-draft";
import { RuleChanged, useSaveRule } from "@/features/rules/use-rules";

/** The state of the form: what is written, what is wrong with it, what was saved in between. */
export function useRuleEditing(rule: Rule | undefined, onSaved: (rule: Rule) => void) {
  const [draft, setDraft] = useState(() => (rule === undefined ? EMPTY_DRAFT : draftOf(rule)));
  // What was read first: a newer version must not slip in between and be overwritten unseen.
  const [version, setVersion] = useState(rule?.version ?? 0);
  const [problems, setProblems] = useState<FieldProblems>({});
  const saving = useSaveRule();
  const [timesShown, setTimesShown] = useState(0);

  function change(changes: Partial<RuleDraft>): void {
    const cleared = Object.fromEntries(Object.keys(changes).map((field) => [field, undefined]));
    setDraft({ ...draft, ...changes });
    setProblems(withoutGaps({ ...problems, ...cleared }));
  }

  function show(found: FieldProblems): boolean {
    setProblems(found);
    setTimesShown(timesShown + 1);
    return Object.keys(found).length === 0;
  }

  /** Whether the draft can be sent; what is missing shows beside its field. */
  function isComplete(): boolean {
    return show(problemsOf(draft));
  }

  function save(seen = version): void {
    if (!isComplete()) {
      return;
    }
    const content = contentOf(draft);
    saving.mutate(rule === undefined ? content : { id: rule.id, content, version: seen }, {
      onSuccess: onSaved,
      onError: (error) => show(problemsIn(error)),
    });
  }

  const theirs = saving.error instanceof RuleChanged ? saving.error.theirs : null;

  function keepMine(): void {
    if (theirs !== null) {
      setVersion(theirs.version);
      save(theirs.version);
    }
  }

  function takeTheirs(): void {
    if (theirs !== null) {
      setDraft(draftOf(theirs));
      setVersion(theirs.version);
      saving.reset();
    }
  }

  const { error, isPending: isSaving } = saving;
  return {
    ...{ draft, change, problems, timesShown, theirs, error, isSaving },
    ...{ isComplete, save: () => save(), keepMine, takeTheirs },
  };
}

function withoutGaps(problems: Record<string, string | undefined>): FieldProblems {
  return Object.fromEntries(Object.entries(problems).filter(([, text]) => text !== undefined));
}
