import { Checkbox } from "@/components/ui/checkbox";
import type { Choice, PreviewRow } from "@/features/statements/api";
import { words } from "@/words";

interface Props {
  row: PreviewRow;
  choice: Choice | undefined;
  onChoose: (row: number, choice: Choice | null) => void;
}

/** Whether a row comes in; nothing where there is nothing to choose. It answers at once. */
export function RowSwitch({ row, choice, onChoose }: Props) {
  if (row.decision === "rejected") {
    return null;
  }
  if (row.decision === "payment") {
    return <PaymentSwitch {...{ row, choice, onChoose }} />;
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
function PaymentSwitch({ row, choice, onChoose }: Props) {
  const { rows } = words.statements;
  return (
    <span className="relative inline-grid size-6 place-items-center rounded border border-input bg-card focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-primary">
      <span aria-hidden className="text-xs font-semibold">
        {choice === "skip" ? "–" : "⋯"}
      </span>
      <select
        aria-label={rows.payment(row.row, row.description ?? "")}
        className="absolute inset-0 cursor-pointer opacity-0"
        value={choice ?? ""}
        onChange={({ target: { value } }) =>
          onChoose(row.row, value === "import" || value === "skip" ? value : null)
        }
      >
        <option value="">{rows.asPayment}</option>
        <option value="import">{rows.asCredit}</option>
        <option value="skip">{rows.leaveOut}</option>
      </select>
    </span>
  );
}
