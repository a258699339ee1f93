import { useState } from "react";

import type { ChartEntry, ChartKind, NewChart, SeenChart } from "@/features/chart/api";
import { newRow, onNewList, rowsOf } from "@/features/chart/editing";
import { ChartChanged, useReplacing } from "@/features/chart/use-replacing";

/** The rows, what they or a file would change, and what stands in the way. */
export function useEditing(kind: ChartKind, first: SeenChart, onSaved: () => void) {
  const [seen, see] = useState(first);
  const { rows, setRows, change, add } = useRows(first.entries);
  const [chart, setChart] = useState<NewChart>();
  const [file, setFile] = useState<string>();
  const [isStale, setStale] = useState(false);
  const [isUnreadable, setUnreadable] = useState(false);
  const looking = useReplacing(kind, { dryRun: true });
  const saving = useReplacing(kind, { dryRun: false });

  function goOn(): void {
    setChart(undefined);
    setFile(undefined);
    setStale(false);
    setUnreadable(false);
    looking.reset();
    saving.reset();
  }

  /** What was typed stays, on the list as it is now. */
  function meetNewList(error: Error): void {
    if (error instanceof ChartChanged) {
      setRows(onNewList(rows, seen.entries, error.now.entries));
      see(error.now);
      goOn();
      setStale(true);
    }
  }

  function look(wanted: NewChart, name?: string): void {
    goOn();
    setChart(wanted);
    setFile(name);
    looking.mutate({ chart: wanted, tag: seen.tag }, { onError: meetNewList });
  }

  async function take(picked: File): Promise<void> {
    const csv = textOf(await picked.arrayBuffer());
    if (csv === undefined) {
      goOn();
      setUnreadable(true);
    } else {
      look({ csv }, picked.name);
    }
  }

  function save(wanted: NewChart): void {
    saving.mutate({ chart: wanted, tag: seen.tag }, { onSuccess: onSaved, onError: meetNewList });
  }

  return {
    rows,
    chart,
    file,
    preview: looking.data,
    error: saving.error ?? looking.error,
    isStale,
    isUnreadable,
    isBusy: looking.isPending || saving.isPending,
    ...{ change, add, look, take, save, goOn },
  };
}

/** The rows as they stand in the fields now. */
function useRows(entries: readonly ChartEntry[]) {
  const [rows, setRows] = useState(() => rowsOf(entries));
  const [added, setAdded] = useState(0);

  function change(key: string, changes: Partial<ChartEntry>): void {
    setRows((known) =>
      known.map((row) => (row.key === key ? { ...row, entry: { ...row.entry, ...changes } } : row)),
    );
  }

  function add(): void {
    setRows((known) => [newRow(added), ...known]);
    setAdded(added + 1);
  }

  return { rows, setRows, change, add };
}

/** What the bytes say; nothing if they are no UTF-8: letters must not be stored as question marks. */
function textOf(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
