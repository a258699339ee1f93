import { useRef } from "react";

import { Button } from "@/components/ui/button";
import { Dialog, DialogFooter } from "@/components/ui/dialog";
import { Table, Td, Th } from "@/components/ui/table";
import type { LineChange } from "@/features/reports/lines/api";
import { useChart, type Chart } from "@/features/reports/lines/chart-context";
import type { Stale } from "@/features/reports/lines/changes/outcome";
import { words } from "@/words";

interface Props {
  stale: Stale;
  onKeepTheirs: () => void;
  onWriteMine: () => void;
}

/** The line was changed elsewhere: both values, and which of them should stand. */
export function StaleDialog({ stale, onKeepTheirs, onWriteMine }: Props) {
  const { title, hint, keepTheirs, writeMine } = words.review.stale;
  // Not on a button: a key that was meant for the next line must not answer.
  const facts = useRef<HTMLDivElement>(null);
  return (
    <Dialog
      open
      focus={{ initialFocus: facts }}
      onOpenChange={(isOpen) => !isOpen && onKeepTheirs()}
      title={title}
      description={
        <>
          <strong className="font-medium text-foreground">{stale.current.description}</strong>
          <br />
          {hint}
        </>
      }
    >
      <div ref={facts} tabIndex={-1} className="outline-none">
        <BothValues stale={stale} />
      </div>
      <DialogFooter>
        <Button variant="outline" onClick={onKeepTheirs}>
          {keepTheirs}
        </Button>
        <Button onClick={onWriteMine}>{writeMine}</Button>
      </DialogFooter>
    </Dialog>
  );
}

function BothValues({ stale: { mine, current } }: { stale: Stale }) {
  const chart = useChart();
  const { field, mine: ours, theirs, fields } = words.review.stale;
  const changed = (Object.keys(mine) as (keyof LineChange)[]).filter((key) => key in fields);
  return (
    <Table>
      <thead>
        <tr>
          <Th>{field}</Th>
          <Th>{ours}</Th>
          <Th>{theirs}</Th>
        </tr>
      </thead>
      <tbody>
        {changed.map((key) => (
          <tr key={key}>
            <Td>{fields[key]}</Td>
            <Td className="wrap-anywhere">{inWords(key, mine[key], chart)}</Td>
            <Td className="wrap-anywhere">{inWords(key, current[key], chart)}</Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function inWords(key: keyof LineChange, value: LineChange[keyof LineChange], chart: Chart): string {
  if (typeof value === "boolean") {
    return value ? words.review.stale.flagged : words.review.stale.accepted;
  }
  if (key === "glCode" || key === "departmentCode") {
    return chart.nameOf(key, value ?? null);
  }
  return value ?? words.review.line.none;
}
