import { memo } from "react";

import { useAct, type Field } from "@/features/reports/lines/keys/actions";
import type { Line } from "@/features/reports/lines/api";
import {
  AmountCell,
  CodeCell,
  DateCell,
  DescriptionCell,
  SelectCell,
} from "@/features/reports/lines/table/line-cells";
import { LineEditor } from "@/features/reports/lines/editing/line-editor";
import { ReviewCell, TierCell } from "@/features/reports/lines/table/verdict-cells";
import { walkInside } from "@/features/reports/lines/table/walk-inside";
import { cn } from "@/lib/cn";

/** The columns of the table; where it is too narrow for them, a line is a small card. */
export const ROW_LAYOUT =
  "grid w-full gap-x-3 gap-y-1 px-3 grid-cols-[1.5rem_minmax(0,1fr)_auto] lg:grid-cols-[1.5rem_6.25rem_minmax(0,2fr)_minmax(0,1.3fr)_minmax(0,1.1fr)_6.5rem_7.5rem_minmax(0,1.8fr)]";

interface Props {
  line: Line;
  index: number;
  /** Where it stands, in pixels from the top of the table. */
  start: number;
  isCurrent: boolean;
  isSelected: boolean;
  canEdit: boolean;
  editing: Field | null;
  measure: (row: HTMLElement | null) => void;
}

/** One line. It takes the focus as a whole; the arrow keys lead into its parts. */
export const LineRow = memo(function LineRow({ line, index, start, measure, ...state }: Props) {
  const { isCurrent, isSelected, editing } = state;
  const act = useAct();
  return (
    <div
      role="row"
      ref={measure}
      data-index={index}
      data-line={line.id}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-current={isCurrent ? "true" : undefined}
      tabIndex={isCurrent ? 0 : -1}
      style={{ transform: `translateY(${start}px)` }}
      onKeyDown={walkInside}
      onFocus={() => isCurrent || act({ kind: "visit", line })}
      className={cn(
        "absolute top-0 left-0 scroll-my-16 border-b py-2.5 text-sm focus-visible:outline-3 focus-visible:-outline-offset-3 focus-visible:outline-primary",
        ROW_LAYOUT,
        "content-start items-start",
        isSelected ? "bg-primary/10" : "bg-card",
        isCurrent && "shadow-[inset_3px_0_0_var(--primary)]",
      )}
    >
      {editing === null ? (
        <Cells line={line} isSelected={isSelected} canEdit={state.canEdit} />
      ) : (
        <LineEditor line={line} field={editing} />
      )}
    </div>
  );
});

/** In the order of the columns; on a narrow screen each says where it stands. */
function Cells({ line, ...state }: Pick<Props, "line" | "isSelected" | "canEdit">) {
  const { isSelected, canEdit } = state;
  return (
    <>
      <SelectCell line={line} isSelected={isSelected} canEdit={canEdit} />
      <DateCell line={line} />
      <DescriptionCell line={line} canEdit={canEdit} />
      <CodeCell line={line} field="glCode" canEdit={canEdit} />
      <CodeCell line={line} field="departmentCode" canEdit={canEdit} />
      <AmountCell line={line} />
      <TierCell line={line} />
      <ReviewCell line={line} canEdit={canEdit} />
    </>
  );
}
