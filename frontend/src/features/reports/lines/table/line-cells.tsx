import type { ReactNode } from "react";

import { useAct, type Field } from "@/features/reports/lines/keys/actions";
import type { Line } from "@/features/reports/lines/api";
import { useChart, type CodeField } from "@/features/reports/lines/chart-context";
import { cn } from "@/lib/cn";
import { formatDay } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

interface Props {
  line: Line;
  canEdit: boolean;
}

/** A part of a line that can be pressed: reached by the arrow keys, not one by one with Tab. */
export const PART =
  "rounded outline-offset-1 focus-visible:outline-3 focus-visible:outline-primary";

export function Cell({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <div role="gridcell" className={cn("min-w-0", className)}>
      {children}
    </div>
  );
}

export function SelectCell({ line, isSelected, canEdit }: Props & { isSelected: boolean }) {
  const act = useAct();
  return (
    <Cell className="row-span-2 grid lg:row-span-1">
      <label className="-m-1.5 grid size-8 place-items-center">
        <input
          type="checkbox"
          tabIndex={-1}
          data-part
          checked={isSelected}
          disabled={!canEdit}
          aria-label={words.review.line.select(line.description)}
          onChange={({ nativeEvent }) =>
            act({
              kind: "select",
              line,
              isRange: "shiftKey" in nativeEvent && nativeEvent.shiftKey === true,
            })
          }
          className="size-4.5 accent-primary"
        />
      </label>
    </Cell>
  );
}

export function DateCell({ line }: Pick<Props, "line">) {
  return (
    <Cell className="order-2 leading-6 text-muted-foreground max-lg:col-start-2 max-lg:text-xs lg:order-none">
      {formatDay(line.postedOn)}
    </Cell>
  );
}

export function AmountCell({ line }: Pick<Props, "line">) {
  return (
    <Cell className="order-1 text-right leading-6 font-medium tabular-nums lg:order-none">
      {formatMoney(line.amount, line.currency)}
    </Cell>
  );
}

/** What the person or a tier calls it; below, what the bank wrote where that is something else. */
export function DescriptionCell({ line, canEdit }: Props) {
  const { description, originalDescription, vendor, note } = line;
  const isOwn = description !== originalDescription;
  return (
    <Cell className="grid justify-items-start">
      <Editable line={line} field="description" canEdit={canEdit} value={description}>
        <span className="font-medium wrap-anywhere">{description}</span>
      </Editable>
      {vendor !== null && vendor !== description && (
        <span className="text-xs wrap-anywhere text-muted-foreground">{vendor}</span>
      )}
      {isOwn && (
        <span className="text-xs wrap-anywhere text-muted-foreground">
          {words.review.line.originally(originalDescription)}
        </span>
      )}
      {note !== null && (
        <span className="text-xs wrap-anywhere text-muted-foreground italic">
          {words.review.line.note(note)}
        </span>
      )}
    </Cell>
  );
}

export function CodeCell({ line, field, canEdit }: Props & { field: CodeField }) {
  const { nameOf } = useChart();
  const name = nameOf(field, line[field]);
  return (
    <Cell className="order-3 max-lg:col-span-2 max-lg:col-start-2 lg:order-none">
      <Editable line={line} field={field} canEdit={canEdit} value={name}>
        <span
          className={cn("wrap-anywhere", line[field] === null && "text-muted-foreground italic")}
        >
          {name}
        </span>
      </Editable>
    </Cell>
  );
}

interface EditableProps extends Props {
  field: Field;
  value: string;
  children: ReactNode;
}

function Editable({ line, field, value, canEdit, children }: EditableProps) {
  const act = useAct();
  if (!canEdit) {
    return children;
  }
  const { fields } = words.review.stale;
  return (
    <button
      type="button"
      tabIndex={-1}
      data-part
      aria-label={words.review.line.edit(fields[field], value)}
      onClick={() => act({ kind: "edit", line, field })}
      className={cn(PART, "-mx-1 min-h-6 px-1 text-left hover:bg-accent")}
    >
      {children}
    </button>
  );
}
