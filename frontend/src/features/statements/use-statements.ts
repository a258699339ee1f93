import { useMutation, useQueryClient } from "@tanstack/react-query";

import {
  importStatement,
  statementKeys,
  undoStatement,
  type Preview,
} from "@/features/statements/api";
import type { Draft, SetDraft } from "@/features/statements/draft";

interface Import {
  draft: Draft;
  preview: Preview;
}

/** Import the draft; what came of it is kept in it. `onStored` hears that there are transactions. */
export function useImportStatement(set: SetDraft, onStored: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ draft, preview }: Import) => importStatement(draft, preview),
    onSuccess: (statement, { draft, preview }) => {
      set((now) =>
        now.id === draft.id ? { ...now, result: { statement, rows: preview.rows } } : now,
      );
      onStored();
    },
    // No answer may mean that it came in all the same: then the preview says so.
    onSettled: () => queries.invalidateQueries({ queryKey: statementKeys.all }),
  });
}

/** Undo an import by its id. */
export function useUndoStatement(onUndone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: undoStatement,
    onSuccess: onUndone,
    onSettled: () => queries.invalidateQueries({ queryKey: statementKeys.all }),
  });
}
