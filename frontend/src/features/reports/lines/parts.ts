import type { useDecisions } from "@/features/reports/lines/changes/use-decisions";
import type { useLineChanges } from "@/features/reports/lines/changes/use-line-changes";
import type { useCursor } from "@/features/reports/lines/keys/use-cursor";
import type { Selected } from "@/features/reports/lines/keys/use-selection";
import type { useView } from "@/features/reports/lines/use-view";

/** What a key or a press can move. */
export interface Parts {
  cursor: ReturnType<typeof useCursor>;
  decisions: ReturnType<typeof useDecisions>;
  changes: ReturnType<typeof useLineChanges>;
  selection: Selected;
  view: ReturnType<typeof useView>;
}
