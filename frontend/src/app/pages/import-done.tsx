import { Link } from "@tanstack/react-router";
import { ArrowRight } from "lucide-react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { buttonLooks } from "@/components/ui/button";
import { useToasts } from "@/components/ui/toast";
import type { Draft, SetDraft } from "@/features/statements/draft";
import { ImportResult } from "@/features/statements/import-result";
import { RowsCard } from "@/features/statements/rows-card";
import { useUndoStatement } from "@/features/statements/use-statements";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  result: NonNullable<Draft["result"]>;
  set: SetDraft;
  onAnother: () => void;
  onChanged: () => void;
}

/** After an import: what became of every row, and the months that wait for a report. */
export function ImportDone({ result: { statement, rows }, set, onAnother, onChanged }: Props) {
  const toasts = useToasts();
  const undo = useUndoStatement(() => {
    set((draft) => ({ ...draft, result: undefined }));
    const { undone, undoneHint } = words.statements.result;
    toasts.add({ title: undone, description: undoneHint });
    document.getElementById("main")?.focus(); // the button that was pressed has gone
    onChanged();
  });
  const trouble = undo.error && troubleOf(undo.error);
  return (
    <>
      <ImportResult
        statement={statement}
        isUndoing={undo.isPending}
        onUndo={() => undo.mutate(statement.id)}
        onAnother={onAnother}
        next={<NextStep periods={statement.periods} />}
      >
        {trouble && <Alert title={trouble.title}>{trouble.detail}</Alert>}
      </ImportResult>
      <RowsCard rows={rows} />
    </>
  );
}

/** One month by its name; of several, home shows each with its own next step. */
function NextStep({ periods }: { periods: readonly string[] }) {
  const { month, months } = words.statements.result;
  const [only, ...others] = periods;
  return (
    <Link to="/" {...(only === undefined ? {} : { hash: only })} className={buttonLooks({})}>
      {only !== undefined && others.length === 0 ? month(formatPeriod(only)) : months}
      <ArrowRight aria-hidden />
    </Link>
  );
}
