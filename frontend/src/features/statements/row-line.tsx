import { memo } from "react";

import { Badge } from "@/components/ui/badge";
import type { Choice, PreviewRow } from "@/features/statements/api";
import { fateOf } from "@/features/statements/reading";
import { RowSwitch } from "@/features/statements/row-switch";
import { formatDay } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

/** The columns of a wide page; on a narrow one the cells stand around the description. */
export const ROW_GRID =
  "grid items-start gap-x-3 gap-y-1 px-3 py-2.5 text-sm grid-cols-[1.75rem_minmax(0,1fr)_auto] sm:grid-cols-[3.25rem_7rem_minmax(0,1fr)_8rem_8rem]";

const TONES = {
  imported: "good",
  duplicate: "neutral",
  payment: "active",
  skipped: "warning",
  rejected: "bad",
} as const;

interface Props {
  row: PreviewRow;
  choice: Choice | undefined;
  /** Missing once the file is imported: then it says what became of the row. */
  onChoose: ((row: number, choice: Choice | null) => void) | undefined;
}

/** The cells of a row. */
export const RowLine = memo(function RowLine({ row, choice, onChoose }: Props) {
  const fate = fateOf(row);
  const { rows } = words.statements;
  return (
    <>
      <span role="cell" className="row-span-3 grid justify-items-center pt-0.5 sm:row-span-1">
        {onChoose !== undefined && <RowSwitch {...{ row, choice, onChoose }} />}
      </span>
      <span
        role="cell"
        className="order-2 col-start-2 whitespace-nowrap text-muted-foreground tabular-nums sm:order-none sm:col-auto"
      >
        {row.postedOn === null ? rows.line(row.row) : formatDay(row.postedOn)}
      </span>
      <span role="cell" className="wrap-anywhere">
        {row.description ?? rows.line(row.row)}
        {row.reason !== null && (
          <span className="block text-xs text-muted-foreground">{row.reason}</span>
        )}
      </span>
      <span role="cell" className="text-right font-medium whitespace-nowrap tabular-nums">
        {row.amount !== null && row.currency !== null && formatMoney(row.amount, row.currency)}
      </span>
      <span role="cell" className="order-3 justify-self-end sm:order-none">
        <Badge tone={TONES[fate]}>{(onChoose ? rows.fate : rows.became)[fate]}</Badge>
      </span>
    </>
  );
});
