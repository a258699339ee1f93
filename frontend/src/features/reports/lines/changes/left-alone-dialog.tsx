import { useRef } from "react";

import { Button } from "@/components/ui/button";
import { Dialog, DialogFooter } from "@/components/ui/dialog";
import type { Conflict, Line } from "@/features/reports/lines/api";
import { useChart } from "@/features/reports/lines/chart-context";
import type { Share } from "@/features/reports/lines/changes/changing";
import type { LeftAlone } from "@/features/reports/lines/changes/outcome";
import { words } from "@/words";

interface Props {
  leftAlone: readonly LeftAlone[];
  lines: readonly Line[];
  onLeave: () => void;
  /** Each line that is still there, with what was to be changed of it. */
  onApply: (shares: Share[]) => void;
}

/** Lines that a change of many has left alone: each with the reason, and what stands there now. */
export function LeftAloneDialog({ leftAlone, lines, onLeave, onApply }: Props) {
  const { title, hint, leave, apply } = words.review.leftAlone;
  const known = new Map(lines.map((line) => [line.id, line]));
  const there = leftAlone.flatMap(({ conflict, set }) => {
    const line = known.get(conflict.id);
    return line === undefined ? [] : [{ line, set }];
  });
  // Not on a button: a key that was meant for the next line must not answer.
  const facts = useRef<HTMLDivElement>(null);
  return (
    <Dialog
      open
      focus={{ initialFocus: facts }}
      onOpenChange={(isOpen) => !isOpen && onLeave()}
      title={title(leftAlone.length)}
      description={hint}
    >
      <div ref={facts} tabIndex={-1} className="outline-none">
        <ul className="grid max-h-[50dvh] gap-3 overflow-y-auto text-sm">
          {leftAlone.map(({ conflict }) => (
            <Left key={conflict.id} conflict={conflict} line={known.get(conflict.id)} />
          ))}
        </ul>
      </div>
      <DialogFooter>
        <Button variant="outline" onClick={onLeave}>
          {leave}
        </Button>
        {there.length > 0 && <Button onClick={() => onApply(there)}>{apply(there.length)}</Button>}
      </DialogFooter>
    </Dialog>
  );
}

function Left({ conflict, line }: { conflict: Conflict; line: Line | undefined }) {
  const { nameOf } = useChart();
  const { reason, gone, now } = words.review.leftAlone;
  return (
    <li className="rounded-md border p-3 wrap-anywhere">
      <p className="font-medium">{line?.description ?? gone}</p>
      <p>{reason[conflict.reason]}</p>
      {line !== undefined && (
        <p className="text-muted-foreground">
          {now(nameOf("glCode", line.glCode), nameOf("departmentCode", line.departmentCode))}
        </p>
      )}
    </li>
  );
}
