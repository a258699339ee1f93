import { ChevronDown } from "lucide-react";

import { Checkbox } from "@/components/ui/checkbox";
import { inputLooks } from "@/components/ui/input";
import type { Choice, PreviewRow } from "@/features/statements/api";
import { words } from "@/words";

interface Props {
  row: PreviewRow;
  choice: Choice | undefined;
  onChoose: (row: number, choice: Choice | null) => void;
}

/** Whether a row comes in; nothing where that is not the question. It answers at once. */
export function RowSwitch({ row, choice, onChoose }: Props) {
  if (row.decision === "rejected" || row.decision === "payment") {
    return null;
  }
  const isUsual = row.decision === "new"; // new ones come in, duplicates stay out
  return (
    <Checkbox
      aria-label={words.statements.rows.take(row.row, row.description ?? "")}
      checked={choice === undefined ? isUsual : choice === "import"}
      onCheckedChange={(checked) =>
        onChoose(row.row, checked === isUsual ? null : checked ? "import" : "skip")
      }
    />
  );
}

/** A payment can come in as what it is, come in as a credit, or stay out. */
export function PaymentSwitch({ row, choice, onChoose }: Props) {
  const { rows } = words.statements;
  return (
    <span className="relative inline-grid">
      <select
        aria-label={rows.payment(row.row, row.description ?? "")}
        className={inputLooks("h-7 appearance-none pr-6 pl-2 text-xs")}
        value={choice ?? ""}
        onChange={({ target: { value } }) =>
          onChoose(row.row, value === "import" || value === "skip" ? value : null)
        }
      >
        <option value="">{rows.asPayment}</option>
        <option value="import">{rows.asCredit}</option>
        <option value="skip">{rows.leaveOut}</option>
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-1.5 size-3.5 -translate-y-1/2 text-muted-foreground"
      />
    </span>
  );
}
