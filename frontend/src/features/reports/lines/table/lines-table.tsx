import type { ReactTable } from "@tanstack/react-table";
import { useEffect, useMemo, useRef } from "react";

import type { Field } from "@/features/reports/lines/keys/actions";
import type { Line } from "@/features/reports/lines/api";
import type { Features, LineRowModel } from "@/features/reports/lines/table/columns";
import { LineRow } from "@/features/reports/lines/table/line-row";
import { LinesHeader } from "@/features/reports/lines/table/lines-header";
import { useLinesInView } from "@/features/reports/lines/table/use-lines-in-view";

/** Where the keyboard is; each `move` counts, also one to the same line. */
export interface Place {
  id: string | undefined;
  moves: number;
}

interface Props {
  table: ReactTable<Features, Line>;
  label: string;
  rows: readonly LineRowModel[];
  selection: Readonly<Record<string, boolean>>;
  place: Place;
  editing: Field | null;
  canEdit: boolean;
  onSelectAll: (isSelected: boolean) => void;
}

/** All lines in one grid; only those in view, and the current one, are drawn. */
export function LinesTable({ table, label, rows, selection, place, ...props }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const at = rows.findIndex(({ id }) => id === place.id);
  const virtual = useLinesInView(body, rows, at);
  useArrival({ place, at, isEditing: props.editing !== null }, (index) => {
    virtual.scrollToIndex(index, { align: "auto" });
  });
  const count = useMemo(
    () => rows.filter(({ id }) => selection[id] === true).length,
    [rows, selection],
  );
  return (
    <div
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={8}
      aria-multiselectable
      className="rounded-xl border bg-card shadow-xs"
    >
      <LinesHeader
        headers={table.getFlatHeaders()}
        selected={count === 0 ? false : count === rows.length || "some"}
        onSelectAll={props.onSelectAll}
        canEdit={props.canEdit}
        shown={rows.length}
      />
      <div
        role="rowgroup"
        ref={body}
        className="relative overflow-hidden rounded-b-xl"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row !== undefined && (
              <LineRow
                key={row.id}
                line={row.original}
                index={index}
                start={start - virtual.options.scrollMargin}
                isCurrent={index === at}
                isSelected={selection[row.id] === true}
                canEdit={props.canEdit}
                editing={index === at ? props.editing : null}
                measure={virtual.measureElement}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface Arrival {
  place: Place;
  at: number;
  isEditing: boolean;
}

/** The line is shown and takes the focus when the keyboard went there; an editor takes its own. */
function useArrival({ place, at, isEditing }: Arrival, show: (index: number) => void): void {
  const seen = useRef(place.moves);
  useEffect(() => {
    if (place.moves === seen.current || at < 0 || place.id === undefined) {
      return;
    }
    seen.current = place.moves;
    show(at);
    if (!isEditing) {
      const row = document.querySelector<HTMLElement>(`[data-line="${place.id}"]`);
      row?.focus({ preventScroll: true });
    }
  });
}
