import type { Header } from "@tanstack/react-table";
import { ArrowDown, ArrowUp } from "lucide-react";

import type { Line } from "@/features/reports/lines/api";
import type { Features } from "@/features/reports/lines/table/columns";
import { ROW_LAYOUT } from "@/features/reports/lines/table/line-row";
import { cn } from "@/lib/cn";
import { words } from "@/words";

interface Props {
  headers: readonly Header<Features, Line>[];
  /** All, some or none of the lines that are shown. */
  selected: boolean | "some";
  onSelectAll: (isSelected: boolean) => void;
  canEdit: boolean;
  shown: number;
}

/** The head of the table; where lines are cards only the box for all of them is left. */
export function LinesHeader({ headers, selected, onSelectAll, canEdit, shown }: Props) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10 rounded-t-xl border-b bg-card">
      <div role="row" aria-rowindex={1} className={cn(ROW_LAYOUT, "items-center py-2 text-sm")}>
        <div role="columnheader" className="grid" aria-label={words.review.columns.select}>
          <label className="-m-1.5 grid size-8 place-items-center">
            <input
              type="checkbox"
              ref={(box) => {
                if (box !== null) {
                  box.indeterminate = selected === "some";
                }
              }}
              checked={selected === true}
              disabled={!canEdit || shown === 0}
              aria-label={words.review.bulk.selectAll(shown)}
              onChange={({ target }) => onSelectAll(target.checked)}
              className="size-4.5 accent-primary"
            />
          </label>
        </div>
        {headers.map((header) => (
          <ColumnHead key={header.id} header={header} />
        ))}
      </div>
    </div>
  );
}

const ARIA_SORT = { asc: "ascending", desc: "descending" } as const;

function ColumnHead({ header }: { header: Props["headers"][number] }) {
  const { column } = header;
  const sorted = column.getIsSorted();
  const title = String(column.columnDef.header);
  const Arrow = sorted === "desc" ? ArrowDown : ArrowUp;
  return (
    <div
      role="columnheader"
      aria-sort={sorted === false ? undefined : ARIA_SORT[sorted]}
      className={cn(
        "font-medium text-muted-foreground max-lg:sr-only",
        column.id === "amount" && "text-right",
      )}
    >
      {column.getCanSort() ? (
        <button
          type="button"
          onClick={column.getToggleSortingHandler()}
          className="-mx-1 inline-flex min-h-6 items-center gap-1 rounded px-1 hover:text-foreground"
        >
          {title}
          {sorted !== false && <Arrow aria-hidden className="size-3.5" />}
        </button>
      ) : (
        title
      )}
    </div>
  );
}
