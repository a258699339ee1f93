import { useRef } from "react";

import type { Line } from "@/features/reports/lines/api";
import type { LineRowModel } from "@/features/reports/lines/table/columns";
import type { Selection } from "@/features/reports/lines/filters/use-shown";

interface Options {
  lines: readonly Line[];
  rows: readonly LineRowModel[];
  selection: Selection;
  setSelection: (selection: Selection) => void;
}

/** Which lines are selected: one by one, from the last one to here, or all that are shown. */
export function useSelection({ lines, rows, selection, setSelection }: Options) {
  const lastId = useRef<string | undefined>(undefined);
  const selected = lines.filter(({ id }) => selection[id]);

  function toggle(id: string): void {
    const { [id]: was, ...others } = selection;
    lastId.current = id;
    setSelection(was ? others : { ...selection, [id]: true });
  }

  function selectTo(id: string): void {
    const here = rows.findIndex((row) => row.id === id);
    const last = rows.findIndex((row) => row.id === lastId.current);
    const from = last < 0 ? here : last;
    const range = rows.slice(Math.min(from, here), Math.max(from, here) + 1);
    setSelection({ ...selection, ...asSelection(range) });
  }

  return {
    selected,
    hidden: selected.length - rows.filter(({ id }) => selection[id]).length,
    toggle,
    selectTo,
    selectAll: (isSelected = true) => setSelection(isSelected ? asSelection(rows) : {}),
    clear: () => setSelection({}),
  };
}

export type Selected = ReturnType<typeof useSelection>;

function asSelection(rows: readonly LineRowModel[]): Selection {
  return Object.fromEntries(rows.map(({ id }) => [id, true as const]));
}
