import { CircleCheck } from "lucide-react";
import { useEffect, useRef, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Statement } from "@/features/statements/api";
import { words } from "@/words";

interface Props {
  statement: Statement;
  isUndoing: boolean;
  onUndo: () => void;
  onAnother: () => void;
  /** The way on, which only the app knows. */
  next: ReactNode;
  /** Why it was not undone. */
  children?: ReactNode;
}

/** What an import has done, the way on and the way back. */
export function ImportResult({ statement, isUndoing, onUndo, onAnother, next, children }: Props) {
  const { result } = words.statements;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []); // the button that was pressed has gone
  return (
    <Card className="grid gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <CircleCheck aria-hidden className="mt-0.5 size-6 text-success" />
        <div className="min-w-0 flex-1">
          <h2 ref={heading} tabIndex={-1} className="text-lg font-semibold">
            {titleOf(statement)}
          </h2>
          <p className="text-sm text-muted-foreground wrap-anywhere">
            {[statement.fileName, ...factsOf(statement)].join(" · ")}
          </p>
        </div>
      </div>
      {children}
      <Refused rejected={statement.rejected} />
      <div className="flex flex-wrap items-center gap-2 border-t pt-4">
        {next}
        <Button variant="outline" onClick={onAnother}>
          {result.another}
        </Button>
        <Button
          variant="ghost"

          disabled={isUndoing}
          focusableWhenDisabled
          onClick={onUndo}
        >
          {isUndoing ? result.undoing : result.undo}
        </Button>
      </div>
    </Card>
  );
}

function titleOf({ imported, payments }: Statement): string {
  const { result } = words.statements;
  if (imported > 0) {
    return result.title(imported);
  }
  return payments > 0 ? result.payments(payments) : result.nothing;
}

export function factsOf({ rejected, ...statement }: Statement): string[] {
  return words.statements.result.facts({ ...statement, rejected: rejected.length });
}

function Refused({ rejected }: Pick<Statement, "rejected">) {
  if (rejected.length === 0) {
    return null;
  }
  return (
    <details open={rejected.length <= 10}>
      <summary className="w-fit cursor-pointer py-1 text-sm font-medium">
        {words.statements.result.rejected}
      </summary>
      <ul className="mt-1 grid max-h-60 gap-1 overflow-y-auto text-sm">
        {rejected.map(({ row, reason }) => (
          <li key={row} className="grid grid-cols-[6rem_1fr] gap-3">
            <span className="text-muted-foreground">{words.statements.rows.line(row)}</span>
            <span className="wrap-anywhere">{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
