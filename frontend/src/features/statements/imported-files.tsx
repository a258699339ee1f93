import { Undo2 } from "lucide-react";
import { useState } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToasts } from "@/components/ui/toast";
import type { Statement } from "@/features/statements/api";
import { factsOf } from "@/features/statements/import-result";
import { useUndoStatement } from "@/features/statements/use-statements";
import { formatMoment, formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  statements: readonly Statement[];
  onUndone: (id: string) => void;
}

/** What was imported, with a way back for each. */
export function ImportedFiles({ statements, onUndone }: Props) {
  const [asked, ask] = useState<Statement>();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ul className="divide-y">
        {statements.map((statement) => (
          <li key={statement.id}>
            <ImportedFile
              statement={statement}
              onUndo={() => {
                ask(statement);
                setOpen(true);
              }}
            />
          </li>
        ))}
      </ul>
      {asked !== undefined && (
        <UndoDialog
          key={asked.id}
          statement={asked}
          isOpen={isOpen}
          onOpenChange={setOpen}
          onUndone={() => onUndone(asked.id)}
        />
      )}
    </>
  );
}

function ImportedFile({ statement, onUndo }: { statement: Statement; onUndo: () => void }) {
  const { list } = words.statements;
  const { fileName, imported, account, periods, createdAt } = statement;
  const brought = imported > 0 ? list.brought(imported) : list.none;
  return (
    <div className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 py-3">
      <div className="grid min-w-0 gap-0.5">
        <h3 className="font-medium wrap-anywhere">{fileName}</h3>
        <p className="text-sm">{[brought, ...factsOf(statement)].join(" · ")}</p>
        <p className="text-sm text-muted-foreground">
          {[formatMoment(createdAt), account, periods.map((one) => formatPeriod(one)).join(", ")]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </div>
      <Button variant="outline" size="sm" aria-label={list.undo(fileName)} onClick={onUndo}>
        <Undo2 aria-hidden />
        {words.undo}
      </Button>
    </div>
  );
}

interface DialogProps {
  statement: Statement;
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
  onUndone: () => void;
}

function UndoDialog({ statement, isOpen, onOpenChange, onUndone }: DialogProps) {
  const { list, result } = words.statements;
  const toasts = useToasts();
  const undo = useUndoStatement(() => {
    onOpenChange(false);
    toasts.add({ title: list.undone(statement.fileName) });
    onUndone();
  });
  const trouble = undo.error && troubleOf(undo.error);
  return (
    <ConfirmDialog
      title={list.askTitle(statement.fileName)}
      description={list.ask}
      action={undo.isPending ? result.undoing : result.undo}
      open={isOpen}
      onOpenChange={(open) => {
        undo.reset();
        onOpenChange(open);
      }}
      isBusy={undo.isPending}
      onConfirm={() => undo.mutate(statement.id)}
    >
      {trouble && <Alert title={trouble.title}>{trouble.detail}</Alert>}
    </ConfirmDialog>
  );
}
