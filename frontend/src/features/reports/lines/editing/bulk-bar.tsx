import { Check, X } from "lucide-react";
import { useMemo, useState, type RefObject } from "react";

import { Button } from "@/components/ui/button";
import { Combobox } from "@/components/ui/combobox";
import { Input } from "@/components/ui/input";
import type { LineChange } from "@/features/reports/lines/api";
import { useChart, type CodeField } from "@/features/reports/lines/chart-context";
import { optionsOf } from "@/features/reports/lines/editing/code-picker";
import { LONGEST } from "@/features/reports/lines/editing/longest";
import { words } from "@/words";

interface Props {
  count: number;
  /** How many of them the filters do not show. */
  hidden: number;
  onSet: (set: LineChange) => void;
  onAccept: () => void;
  onClear: () => void;
  bar: RefObject<HTMLDivElement | null>;
}

const { bulk } = words.review;

/** What can be done with the selected lines, at the foot of the window. */
export function BulkBar({ count, hidden, onSet, onAccept, onClear, bar }: Props) {
  return (
    <div
      ref={bar}
      role="group"
      data-foot-bar
      aria-label={bulk.label}
      className="sticky bottom-3 z-20 grid grid-cols-2 items-center gap-2 rounded-xl border border-primary/40 bg-card p-3 shadow-lg sm:flex sm:flex-wrap"
    >
      <p className="px-1 text-sm font-medium max-sm:col-span-2">{bulk.count(count, hidden)}</p>
      <SetCode field="glCode" label={bulk.account} onSet={onSet} />
      <SetCode field="departmentCode" label={bulk.department} onSet={onSet} />
      <WriteNote onSet={onSet} />
      <div className="flex flex-wrap gap-2 max-sm:col-span-2 sm:ml-auto">
        <Button onClick={onAccept}>
          <Check aria-hidden />
          {bulk.accept}
        </Button>
        <Button variant="ghost" onClick={onClear}>
          <X aria-hidden />
          {bulk.clear}
        </Button>
      </div>
    </div>
  );
}

interface SetCodeProps extends Pick<Props, "onSet"> {
  field: CodeField;
  label: string;
}

function SetCode({ field, label, onSet }: SetCodeProps) {
  const { entries } = useChart();
  const groups = useMemo(
    () => [{ value: words.review.columns[field], items: optionsOf(entries[field]) }],
    [entries, field],
  );
  return (
    <Combobox
      label={label}
      placeholder={label}
      groups={groups}
      value={null}
      onChange={(code) => code !== null && onSet({ [field]: code })}
      className="sm:w-44"
    />
  );
}

function WriteNote({ onSet }: Pick<Props, "onSet">) {
  const [note, setNote] = useState("");
  return (
    <form
      className="max-sm:col-span-2 sm:w-40"
      onSubmit={(event) => {
        event.preventDefault();
        if (note.trim() !== "") {
          onSet({ note: note.trim() });
          setNote("");
        }
      }}
    >
      <Input
        aria-label={bulk.note}
        placeholder={bulk.note}
        maxLength={LONGEST.note}
        value={note}
        onValueChange={setNote}
      />
    </form>
  );
}
