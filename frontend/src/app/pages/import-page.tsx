import { useChargesChanged } from "@/app/charges-changed";
import { ImportDone } from "@/app/pages/import-done";
import { ImportedList } from "@/app/pages/imported-list";
import { PageTitle } from "@/components/ui/page-title";
import { useToasts } from "@/components/ui/toast";
import { useDraft } from "@/features/statements/draft";
import { DraftReview } from "@/features/statements/draft-review";
import { DropZone } from "@/features/statements/drop-zone";
import { useFileDrop } from "@/features/statements/use-file-drop";
import { words } from "@/words";

/** A statement comes in: chosen, looked into, imported; and what came in before. */
export function ImportPage() {
  const { draft, set, begin } = useDraft();
  const chargesChanged = useChargesChanged();
  const toasts = useToasts();
  const isOver = useFileDrop((file, others) => {
    begin(file);
    if (others > 0) {
      toasts.add({ title: words.statements.drop.onlyOne, description: file.name });
    }
  });
  const putAway = () => {
    set(() => null);
    document.getElementById("main")?.focus(); // the button that was pressed has gone
  };
  return (
    <div className="mx-auto grid max-w-5xl gap-6">
      <PageTitle title={words.statements.title} intro={words.statements.intro} />
      {draft === null && <DropZone isOver={isOver} onFile={begin} />}
      {draft !== null && draft.result === undefined && (
        <DraftReview
          key={draft.id}
          {...{ draft, set }}
          onFile={begin}
          onPutAway={putAway}
          onStored={chargesChanged}
        />
      )}
      {draft?.result !== undefined && (
        <ImportDone
          result={draft.result}
          set={set}
          onAnother={putAway}
          onChanged={chargesChanged}
        />
      )}
      <ImportedList
        onUndone={(id) => {
          chargesChanged();
          // What stands above would speak of what is no more.
          set((now) => (now.result?.statement.id === id ? { ...now, result: undefined } : now));
        }}
      />
    </div>
  );
}
