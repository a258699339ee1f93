import { Upload } from "lucide-react";
import { useId, type ReactNode } from "react";

import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Preview } from "@/features/statements/api";
import { formatPeriod } from "@/lib/dates";
import { formatCount, formatMoney } from "@/lib/money";
import { words } from "@/words";

interface Props {
  preview: Preview;
  /** The preview shows exactly what an import would do now. */
  isCurrent: boolean;
  isLooking: boolean;
  isImporting: boolean;
  onImport: () => void;
  /** Why it was not imported. */
  children?: ReactNode;
}

/** What an import would do, in numbers, and the button that does it. */
export function PreviewSummary({ preview, isCurrent, isLooking, ...props }: Props) {
  const { summary, lookingAgain } = words.statements;
  const heading = useId();
  return (
    <Card className="grid gap-4">
      <section aria-labelledby={heading} className="grid gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
          <h2 id={heading} className="text-lg font-semibold">
            {summary.heading}
          </h2>
          <ImportButton {...{ preview, isCurrent }} {...props} />
        </div>
        {props.children}
        <Numbers preview={preview} />
        <Totals preview={preview} />
        <Notes preview={preview} />
        <p role="status" className="sr-only">
          {isLooking
            ? lookingAgain
            : summary.said(preview.imported, preview.duplicates, preview.rejected)}
        </p>
      </section>
    </Card>
  );
}

type ButtonProps = Pick<Props, "preview" | "isCurrent" | "isImporting" | "onImport">;

function ImportButton({ preview, isCurrent, isImporting, onImport }: ButtonProps) {
  const { summary } = words.statements;
  if (preview.imported + preview.payments === 0) {
    return <p className="ml-auto text-sm text-muted-foreground">{summary.nothing}</p>;
  }
  return (
    <Button
      className="ml-auto"
      disabled={!isCurrent || isImporting}
      focusableWhenDisabled
      onClick={onImport}
    >
      <Upload aria-hidden />
      {isImporting ? summary.importing : summary.confirm(preview.imported, preview.payments)}
    </Button>
  );
}

function Numbers({ preview }: { preview: Preview }) {
  const { summary } = words.statements;
  const facts = [
    [summary.new, preview.imported],
    [summary.duplicates, preview.duplicates],
    [summary.payments, preview.payments],
    [summary.skipped, preview.skipped],
    [summary.rejected, preview.rejected],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-5">
      {facts.map(([name, count]) => (
        <div key={name} className="flex flex-col-reverse rounded-lg bg-muted px-3 py-2">
          <dt className="text-xs text-muted-foreground">{name}</dt>
          <dd className="text-xl font-semibold tabular-nums">{formatCount(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Totals({ preview: { periods, totals } }: { preview: Preview }) {
  const { summary } = words.statements;
  return (
    <dl className="grid gap-3 text-sm sm:grid-cols-2">
      <div className="grid content-start gap-0.5">
        <dt className="text-muted-foreground">{summary.months}</dt>
        <dd className="font-medium">{periods.map((period) => formatPeriod(period)).join(", ")}</dd>
      </div>
      <div className="grid content-start gap-0.5">
        <dt className="text-muted-foreground">{summary.total}</dt>
        {totals.map(({ amount, currency }) => (
          <dd key={currency} className="font-medium tabular-nums">
            {formatMoney(amount, currency)}
          </dd>
        ))}
      </div>
    </dl>
  );
}

function Notes({ preview: { importedBefore, notes } }: { preview: Preview }) {
  const { summary } = words.statements;
  if (!importedBefore && notes.length === 0) {
    return null;
  }
  return (
    <Alert tone="info" title={importedBefore ? summary.before : summary.notes}>
      {importedBefore && <p>{summary.beforeHint}</p>}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </Alert>
  );
}
