import { useEffect, useRef } from "react";

import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import type { Rule } from "@/features/rules/api";
import { nameOf, type Chart } from "@/features/rules/chart";
import { differences, draftOf, type RuleDraft } from "@/features/rules/rule-draft";
import { words } from "@/words";

interface Props {
  mine: RuleDraft;
  theirs: Rule;
  chart: Chart;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}

/** Somebody saved the rule in between: shows both and asks. */
export function RuleConflict({ mine, theirs, chart, onKeepMine, onTakeTheirs }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  const saved = draftOf(theirs);
  const differing = differences(mine, saved);
  const { conflict } = words.rules;
  return (
    <div
      ref={place}
      role="alert"
      tabIndex={-1}
      className="grid gap-3 rounded-md border border-warning/40 bg-warning/10 p-3 text-sm"
    >
      <div>
        <p className="font-medium">{conflict.title}</p>
        <p>{differing.length === 0 ? conflict.same : conflict.hint}</p>
      </div>
      {differing.length > 0 && (
        <Table>
          <thead>
            <tr>
              <Th>{conflict.field}</Th>
              <Th>{conflict.mine}</Th>
              <Th>{conflict.theirs}</Th>
            </tr>
          </thead>
          <tbody>
            {differing.map((field) => (
              <tr key={field}>
                <Th scope="row">{words.rules.form.label[field]}</Th>
                <Td className="wrap-break-word">{said(mine, field, chart)}</Td>
                <Td className="wrap-break-word">{said(saved, field, chart)}</Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="button" size="sm" onClick={onKeepMine}>
          {conflict.keepMine}
        </Button>
        <Button type="button" size="sm" variant="outline" onClick={onTakeTheirs}>
          {conflict.takeTheirs}
        </Button>
      </div>
    </div>
  );
}

function said(draft: RuleDraft, field: keyof RuleDraft, chart: Chart): string {
  const { conflict } = words.rules;
  const value = draft[field];
  if (typeof value === "boolean") {
    return value ? conflict.on : conflict.off;
  }
  if (value === "") {
    return conflict.nothing;
  }
  const codes = { glCode: chart.accounts, departmentCode: chart.departments };
  return field === "glCode" || field === "departmentCode" ? nameOf(codes[field], value) : value;
}
