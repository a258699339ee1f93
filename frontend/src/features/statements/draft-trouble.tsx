import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { SetDraft } from "@/features/statements/draft";
import { fileTroubleOf } from "@/features/statements/file-trouble";
import { words } from "@/words";

interface Props {
  error: unknown;
  set: SetDraft;
  onRetry: () => void;
}

/** Why a file was not taken, and what to do about it; what was said of it stays meanwhile. */
export function DraftTrouble({ error, set, onRetry }: Props) {
  const { title, detail, canRetry, mend, reference } = fileTroubleOf(error);
  const { reading } = words.statements;
  const act = (name: string, onClick: () => void) => (
    <Button variant="outline" size="sm" onClick={onClick}>
      {name}
    </Button>
  );
  return (
    <Alert
      title={title}
      action={
        <>
          {canRetry && act(words.tryAgain, onRetry)}
          {mend === "choices" &&
            act(reading.forgetChoices, () => set((draft) => ({ ...draft, choices: {} })))}
          {mend === "reading" &&
            act(reading.forgetReading, () => set((draft) => ({ ...draft, reading: {} })))}
        </>
      }
    >
      {detail} {reference !== undefined && words.problem.reference(reference)}
    </Alert>
  );
}
