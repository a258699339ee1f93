import { useMemo } from "react";

import { Combobox, type Option, type OptionGroup } from "@/components/ui/combobox";
import { useAct } from "@/features/reports/lines/keys/actions";
import type { ChartEntry, Line } from "@/features/reports/lines/api";
import { useChart, type CodeField } from "@/features/reports/lines/chart-context";
import { formatPercent } from "@/lib/percent";
import { words } from "@/words";

const NONE = "";

interface Props {
  line: Line;
  field: CodeField;
  startsOpen: boolean;
}

/** Picks an account or a department: the likeliest first, then all others in use. */
export function CodePicker({ line, field, startsOpen }: Props) {
  const act = useAct();
  const { entries } = useChart();
  const groups = useMemo(() => groupsOf(line, field, entries[field]), [line, field, entries]);
  const take = (code: string, isLast: boolean) =>
    act({ kind: "set", line, set: { [field]: code === NONE ? null : code }, isLast });
  const label = field === "glCode" ? words.review.editor.account : words.review.editor.department;
  return (
    <div data-field={field} className="grid content-start gap-1">
      <span aria-hidden className="text-xs font-medium">
        {label}
      </span>
      <Combobox
        label={label}
        groups={groups}
        value={line[field] ?? NONE}
        defaultOpen={startsOpen}
        onChange={(code) => {
          // Null comes when the text is emptied to look for something else: nothing is chosen yet.
          if (code !== null) {
            take(code, true);
          }
        }}
        onTab={(code) => take(code, false)}
      />
    </div>
  );
}

/** An option for each code in use; it is found by a part of its code or of its name. */
export function optionsOf(entries: readonly ChartEntry[]): Option[] {
  return entries
    .filter(({ active }) => active)
    .map(({ code, name }) => ({ value: code, label: words.review.line.code(code, name) }));
}

function groupsOf(line: Line, field: CodeField, entries: readonly ChartEntry[]): OptionGroup[] {
  const options = new Map(optionsOf(entries).map((option) => [option.value, option]));
  const likeliest: Option[] = [];
  for (const suggestion of line.suggestions) {
    const option = options.get(suggestion[field] ?? "");
    if (option !== undefined) {
      options.delete(option.value);
      likeliest.push({ ...option, hint: formatPercent(suggestion.confidence) });
    }
  }
  const { likeliest: first, others } = words.review.editor;
  const none = { value: NONE, label: words.review.line.none };
  const rest = { value: others, items: [...options.values(), none] };
  return likeliest.length === 0 ? [rest] : [{ value: first, items: likeliest }, rest];
}
