import { Upload } from "lucide-react";
import type { ReactNode, Ref } from "react";

import { Button } from "@/components/ui/button";
import type { Preview } from "@/features/statements/api";
import { formatPeriod } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

interface Props {
  /** Takes the focus when a button of `children` goes. */
  ref: Ref<HTMLDivElement>;
  preview: Preview | undefined;
  /** The preview shows exactly what an import would do now. */
  isCurrent: boolean;
  isImporting: boolean;
  onImport: () => void;
  /** What went wrong: it must be seen from wherever something was changed. */
  children?: ReactNode;
}

/** The button that imports; it stays in view while the rows are gone through. */
export function ImportBar({ ref, preview, children, ...props }: Props) {
  return (
    <div
      ref={ref}
      tabIndex={-1}
      data-sticky
      className="sticky top-2 z-10 grid gap-3 empty:hidden rounded-xl border bg-card p-3 shadow-lg sm:px-5"
    >
      {preview !== undefined && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Totals preview={preview} />
          <ImportButton preview={preview} {...props} />
        </div>
      )}
      {children}
    </div>
  );
}

function Totals({ preview: { periods, totals } }: { preview: Preview }) {
  const { summary } = words.statements;
  return (
    <dl className="min-w-0 flex-1 basis-40">
      <dt className="sr-only">{summary.total}</dt>
      <dd className="font-semibold tabular-nums">
        {totals.map(({ amount, currency }) => formatMoney(amount, currency)).join(" · ")}
      </dd>
      <dt className="sr-only">{summary.months}</dt>
      <dd className="text-sm text-muted-foreground">
        {periods.map((period) => formatPeriod(period)).join(", ")}
      </dd>
    </dl>
  );
}

type ButtonProps = Pick<Props, "isCurrent" | "isImporting" | "onImport"> & { preview: Preview };

function ImportButton({ preview, isCurrent, isImporting, onImport }: ButtonProps) {
  const { summary } = words.statements;
  if (preview.imported + preview.payments === 0) {
    return <p className="text-sm text-muted-foreground">{summary.nothing}</p>;
  }
  return (
    <Button disabled={!isCurrent || isImporting} focusableWhenDisabled onClick={onImport}>
      <Upload aria-hidden />
      {isImporting ? summary.importing : summary.confirm(preview.imported, preview.payments)}
    </Button>
  );
}
