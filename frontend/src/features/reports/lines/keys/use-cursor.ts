import { useState } from "react";

import type { LineRowModel } from "@/features/reports/lines/table/columns";
import type { Place } from "@/features/reports/lines/table/lines-table";

/** Which line the keys are about: the first, until they have gone to another one. */
export function useCursor(rows: readonly LineRowModel[]) {
  const [place, setPlace] = useState<Place>({ id: undefined, moves: 0 });
  const found = rows.findIndex(({ id }) => id === place.id);
  const at = Math.max(found, 0);
  const current = rows[at]?.original;

  /** Go there, and take the focus along. */
  function goTo(id: string | undefined): void {
    setPlace(({ id: before, moves }) => ({ id: id ?? before, moves: moves + 1 }));
  }

  /** The focus is there already. */
  function visit(id: string): void {
    setPlace(({ moves }) => ({ id, moves }));
  }

  const goToRow = (index: number) => goTo(rows[Math.min(Math.max(index, 0), rows.length - 1)]?.id);

  return {
    current,
    place: { id: current?.id, moves: place.moves },
    goTo,
    visit,
    stay: () => goTo(current?.id),
    next: () => goToRow(found + 1),
    previous: () => goToRow(at - 1),
    first: () => goToRow(0),
    last: () => goToRow(rows.length - 1),
    /** The next line that needs review, round the end; the same one when there is no other. */
    nextFlagged: () => {
      const others = [...rows.slice(at + 1), ...rows.slice(0, at)];
      goTo(others.find(({ original }) => original.needsReview)?.id ?? current?.id);
    },
  };
}

export type Cursor = ReturnType<typeof useCursor>;
