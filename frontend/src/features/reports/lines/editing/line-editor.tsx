import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { useAct, type Field } from "@/features/reports/lines/keys/actions";
import type { Line } from "@/features/reports/lines/api";
import { CodePicker } from "@/features/reports/lines/editing/code-picker";
import { LONGEST } from "@/features/reports/lines/editing/longest";
import { isPressed } from "@/lib/is-pressed";
import { words } from "@/words";

interface Props {
  line: Line;
  /** Where it begins. */
  field: Field;
}

/**
 * A line while it is edited, as in a spreadsheet: Enter takes what stands there and leaves, Tab
 * takes it and goes on, Esc leaves the field as it was.
 */
export function LineEditor({ line, field }: Props) {
  const act = useAct();
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const input = form.current?.querySelector<HTMLInputElement>(`[data-field=${field}] input`);
    input?.focus();
    input?.select();
  }, [field]);

  /** Before the fields hear of it: one that closes its list would keep it to itself. */
  function leaveOnEscape(event: KeyboardEvent): void {
    if (isPressed("Escape", event)) {
      event.preventDefault();
      event.stopPropagation();
      act({ kind: "leave" });
    }
  }

  return (
    <div
      ref={form}
      role="gridcell"
      tabIndex={-1}
      aria-colspan={8}
      onKeyDownCapture={leaveOnEscape}
      className="col-span-full outline-none"
    >
      <div
        role="group"
        aria-label={words.review.editor.label(line.description)}
        className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3"
      >
        <CodePicker line={line} field="glCode" startsOpen={field === "glCode"} />
        <CodePicker line={line} field="departmentCode" startsOpen={field === "departmentCode"} />
        <TextField line={line} field="description" />
        <TextField line={line} field="vendor" />
        <TextField line={line} field="note" />
        <div className="flex flex-wrap items-center gap-3 self-end">
          <Button variant="outline" onClick={() => act({ kind: "leave" })}>
            {words.review.editor.done}
          </Button>
          <span className="text-xs text-muted-foreground max-sm:hidden">
            {words.review.editor.hint}
          </span>
        </div>
      </div>
    </div>
  );
}

/** What was typed, and the line it was typed over: another window may change that meanwhile. */
interface Typed {
  text: string;
  seen: Line;
}

function TextField({ line, field }: { line: Line; field: keyof typeof LONGEST }) {
  const act = useAct();
  const stored = line[field] ?? "";
  const [typed, setTyped] = useState<Typed>();

  function take(isLast: boolean): void {
    setTyped(undefined);
    const text = typed?.text.trim();
    const over = typed?.seen[field] ?? "";
    if (typed !== undefined && text !== over && text !== stored) {
      const set = { [field]: text === "" ? null : text };
      // Who has not seen what stands there now is asked, and does not write over it.
      act({ kind: "set", line: over === stored ? line : typed.seen, set, isLast });
    } else if (isLast) {
      act({ kind: "leave" });
    }
  }

  return (
    <label data-field={field} className="grid content-start gap-1 text-xs font-medium">
      {words.review.editor[field]}
      <Input
        value={typed?.text ?? stored}
        maxLength={LONGEST[field]}
        onValueChange={(text) => setTyped({ seen: line, ...typed, text })}
        placeholder={field === "description" ? line.originalDescription : ""}
        onBlur={() => take(false)}
        onKeyDown={(event) => isPressed("Enter", event) && take(true)}
      />
    </label>
  );
}
