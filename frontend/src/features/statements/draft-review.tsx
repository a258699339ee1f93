import { useCallback, useRef } from "react";

import { Skeleton } from "@/components/ui/skeleton";
import type { Choice, Reading } from "@/features/statements/api";
import { DateOrderQuestion } from "@/features/statements/date-order-question";
import { DraftTrouble } from "@/features/statements/draft-trouble";
import type { Draft, SetDraft } from "@/features/statements/draft";
import { FileCard } from "@/features/statements/file-card";
import { ImportBar } from "@/features/statements/import-bar";
import { PreviewSummary } from "@/features/statements/preview-summary";
import { withChoice } from "@/features/statements/reading";
import { ReadingCard } from "@/features/statements/reading-card";
import { RowsCard } from "@/features/statements/rows-card";
import { usePreview } from "@/features/statements/use-preview";
import { useImportStatement } from "@/features/statements/use-statements";
import { words } from "@/words";

interface Props {
  draft: Draft;
  set: SetDraft;
  onFile: (file: File) => void;
  onPutAway: () => void;
  onStored: () => void;
}

/** A file before it comes in: what it holds, how it was read, what would become of each row. */
export function DraftReview({ draft, set, onFile, onPutAway, onStored }: Props) {
  const { preview, error, isLooking, isCurrent, lookAgain } = usePreview(draft);
  const storing = useImportStatement(set, onStored);
  const read = (reading: Reading) => set((before) => ({ ...before, reading }));
  const choose = useCallback(
    (row: number, choice: Choice | null) =>
      set((before) => ({ ...before, choices: withChoice(before.choices, row, choice) })),
    [set],
  );
  const store = () => preview && storing.mutate({ draft, preview });
  const bar = useRef<HTMLDivElement>(null);
  const trouble = error ?? storing.error;
  const mend: SetDraft = (change) => {
    bar.current?.focus();
    storing.reset();
    set(change);
  };

  return (
    <div className="flex flex-col gap-6">
      <FileCard {...{ draft, preview, set, onFile, onPutAway }} />
      <ImportBar
        ref={bar}
        {...{ preview, isCurrent }}
        isImporting={storing.isPending}
        onImport={store}
      >
        {trouble !== null && (
          <DraftTrouble
            error={trouble}
            set={mend}
            onRetry={() => {
              bar.current?.focus();
              (error === null ? store : lookAgain)();
            }}
          />
        )}
      </ImportBar>
      {preview === undefined && error === null && (
        <Skeleton className="h-64" label={words.statements.looking} />
      )}
      {preview !== undefined && (
        <>
          <DateOrderQuestion {...{ reading: draft.reading, preview, onChange: read }} />
          <PreviewSummary {...{ preview, isLooking }} />
          <ReadingCard {...{ reading: draft.reading, preview, onChange: read }} />
          <RowsCard rows={preview.rows} choices={draft.choices} onChoose={choose} />
        </>
      )}
    </div>
  );
}
