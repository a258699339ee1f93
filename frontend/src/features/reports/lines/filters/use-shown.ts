import { useTable, type SortingState } from "@tanstack/react-table";
import { useMemo, useState } from "react";

import type { Line } from "@/features/reports/lines/api";
import { columns, features } from "@/features/reports/lines/table/columns";
import {
  matcher,
  SORT_COLUMNS,
  type LineSearch,
  type LineSort,
} from "@/features/reports/lines/filters/filters";

interface Wanted {
  search: LineSearch;
  isReviewing: boolean;
  sort: LineSort;
  onSort: (sort: LineSort) => void;
}

export type Selection = Record<string, true>;

/**
 * The lines that are wanted, in order. All are here, so they are filtered and sorted here: at once,
 * also while the server is busy, and with what has just been edited.
 */
export function useShown(lines: readonly Line[], { sort, onSort, ...wanted }: Wanted) {
  const data = useKept(lines, wanted);
  const [rowSelection, onRowSelectionChange] = useState<Selection>({});
  const sorting = useMemo(() => [columnSort(sort)], [sort]);
  const table = useTable({
    features,
    columns,
    data,
    getRowId: ({ id }) => id,
    state: { sorting, rowSelection },
    enableSortingRemoval: false,
    enableMultiSort: false,
    sortDescFirst: false,
    onRowSelectionChange,
    onSortingChange: (change) => {
      const next = typeof change === "function" ? change(sorting) : change;
      onSort(lineSort(next) ?? sort);
    },
  });
  return { table, rows: table.getRowModel().rows, rowSelection };
}

/**
 * A line that has been shown stays until the filters change: who accepts it sees what became of
 * it, and nothing jumps under the hand.
 */
function useKept(lines: readonly Line[], wanted: Pick<Wanted, "search" | "isReviewing">) {
  const { q, tier, account, department } = wanted.search;
  const key = JSON.stringify([q, tier, account, department, wanted.isReviewing]);
  const [kept, setKept] = useState({ key, ids: new Set<string>() });
  const matching = lines.filter(matcher(wanted));
  const isNew = kept.key !== key;
  if (isNew || matching.some(({ id }) => !kept.ids.has(id))) {
    const ids = matching.map(({ id }) => id);
    setKept({ key, ids: new Set(isNew ? ids : [...kept.ids, ...ids]) });
  }
  return useMemo(() => lines.filter(({ id }) => kept.ids.has(id)), [lines, kept]);
}

function columnSort(sort: LineSort): SortingState[number] {
  return { id: sort.replace(/^-/, ""), desc: sort.startsWith("-") };
}

function lineSort([first]: SortingState): LineSort | undefined {
  const column = SORT_COLUMNS.find((name) => name === first?.id);
  return column && first?.desc === true ? `-${column}` : column;
}
