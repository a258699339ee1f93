import { useId } from "react";

import { Alert } from "@/components/ui/alert";
import { Card } from "@/components/ui/card";
import type { Preview } from "@/features/statements/api";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

interface Props {
  preview: Preview;
  isLooking: boolean;
}

/** What an import would do, in numbers. */
export function PreviewSummary({ preview, isLooking }: Props) {
  const { summary } = words.statements;
  const heading = useId();
  return (
    <Card>
      <section aria-labelledby={heading} className="grid gap-4">
        <h2 id={heading} className="text-lg font-semibold">
          {summary.heading}
        </h2>
        {/* A blink of looking again should not flicker. */}
        <div
          aria-busy={isLooking}
          className={cn(
            isLooking && "opacity-60 motion-safe:transition-opacity motion-safe:delay-300",
          )}
        >
          <Numbers preview={preview} />
        </div>
        <Notes preview={preview} />
        <p role="status" className="sr-only">
          {summary.said(preview.imported, preview.duplicates, preview.rejected)}
        </p>
      </section>
    </Card>
  );
}

function Numbers({ preview }: { preview: Preview }) {
  const { summary } = words.statements;
  const facts = [
    [summary.imported, preview.imported],
    [summary.duplicates, preview.duplicates],
    [summary.payments, preview.payments],
    [summary.skipped, preview.skipped],
    [summary.rejected, preview.rejected],
  ] as const;
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-3">
      {facts
        .filter(([name, count]) => count > 0 || name === summary.imported)
        .map(([name, count]) => (
          <div
            key={name}
            className="flex flex-col-reverse justify-end rounded-lg bg-muted px-3 py-2"
          >
            <dt className="text-xs text-muted-foreground">{name}</dt>
            <dd className="text-xl font-semibold tabular-nums">{formatCount(count)}</dd>
          </div>
        ))}
    </dl>
  );
}

function Notes({ preview: { importedBefore, notes } }: { preview: Preview }) {
  const { summary } = words.statements;
  // That note tells a program what to send; a person is asked (`DateOrderQuestion`).
  const told = notes.filter((note) => !note.includes("(dateOrder)"));
  if (!importedBefore && told.length === 0) {
    return null;
  }
  return (
    <Alert tone="info" title={importedBefore ? summary.before : summary.notes}>
      {importedBefore && <p>{summary.beforeHint}</p>}
      {told.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </Alert>
  );
}
