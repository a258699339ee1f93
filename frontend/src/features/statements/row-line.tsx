import { memo } from "react";

import { Badge } from "@/components/ui/badge";
import type { Choice, PreviewRow } from "@/features/statements/api";
import { fateOf } from "@/features/statements/reading";
import { PaymentSwitch, RowSwitch } from "@/features/statements/row-switch";
import { formatDay } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

const GRID = "grid items-start gap-x-3 gap-y-1 py-2.5 pr-3 text-sm";

/**
 * The columns of a wide page; on a narrow one the cells stand around the description. Once all is
 * decided nothing is left to switch, so the first column takes no room.
 */
export function rowGrid({ isDecided }: { isDecided: boolean }): string {
  return isDecided
    ? `${GRID} grid-cols-[0_minmax(0,1fr)_auto] sm:grid-cols-[0_7rem_minmax(0,1fr)_8rem_10rem]`
    : `${GRID} pl-3 grid-cols-[1.75rem_minmax(0,1fr)_auto] sm:grid-cols-[3.25rem_7rem_minmax(0,1fr)_8rem_10rem]`;
}

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
  const name = words.statements.rows.line(row.row);
  return (
    <>
      <span role="cell" className="row-span-3 grid justify-items-center pt-0.5 sm:row-span-1">
        {onChoose !== undefined && <RowSwitch {...{ row, choice, onChoose }} />}
      </span>
      <span
        role="cell"
        className="order-2 col-start-2 whitespace-nowrap text-muted-foreground tabular-nums sm:order-none sm:col-auto"
      >
        {row.postedOn === null ? name : formatDay(row.postedOn)}
      </span>
      <Description row={row} />
      <span role="cell" className="text-right font-medium whitespace-nowrap tabular-nums">
        {row.amount !== null && row.currency !== null && formatMoney(row.amount, row.currency)}
      </span>
      <span role="cell" className="order-3 col-start-3 justify-self-end sm:order-none sm:col-auto">
        <Outcome {...{ row, choice, onChoose }} />
      </span>
    </>
  );
});

/** A refused row may have nothing but the reason. */
function Description({ row: { description, reason } }: { row: PreviewRow }) {
  return (
    <span role="cell" className="wrap-anywhere">
      {description ?? reason}
      {description !== null && reason !== null && (
        <span className="block text-xs text-muted-foreground">{reason}</span>
      )}
    </span>
  );
}

function Outcome({ row, choice, onChoose }: Props) {
  if (onChoose !== undefined && row.decision === "payment") {
    return <PaymentSwitch {...{ row, choice, onChoose }} />;
  }
  const { fate, became } = words.statements.rows;
  const of = fateOf(row);
  return <Badge tone={TONES[of]}>{(onChoose ? fate : became)[of]}</Badge>;
}
