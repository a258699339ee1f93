import { useRef, useState } from "react";

import type { Field, LineAction } from "@/features/reports/lines/actions";
import type { Line, Report } from "@/features/reports/lines/api";
import type { Chart } from "@/features/reports/lines/chart-context";
import { useKeys } from "@/features/reports/lines/keys";
import { obey, perform } from "@/features/reports/lines/doing";
import { useAnnouncer } from "@/features/reports/lines/use-announcer";
import { useCursor } from "@/features/reports/lines/use-cursor";
import { useDecisions } from "@/features/reports/lines/use-decisions";
import { useLatest } from "@/features/reports/lines/use-latest";
import { useLineChanges } from "@/features/reports/lines/use-line-changes";
import { useLineSearch } from "@/features/reports/lines/use-line-search";
import { useSelection, type Selected } from "@/features/reports/lines/use-selection";
import { useShown } from "@/features/reports/lines/use-shown";
import { words } from "@/words";

interface Options {
  report: Report;
  lines: readonly Line[];
  chart: Chart;
  onChanged: () => void;
}

/** Everything that is known and can be done on the page of a report's lines. */
export function useReview({ report, lines, chart, onChanged }: Options) {
  const canEdit = report.status === "Draft";
  const filters = useLineSearch(report);
  const shown = useShown(lines, { ...filters, onSort: (sort) => filters.filter({ sort }) });
  const cursor = useCursor(shown.rows);
  const { said, announce } = useAnnouncer();
  const view = useView();
  const onUndone = ({ id }: Line) => {
    view.edit(null);
    cursor.goTo(id);
  };
  const changes = useLineChanges({ report, onChanged, onUndone });
  const decisions = useDecisions({ lines, cursor, chart, canEdit, changes, announce });
  const selection = useSelection({
    lines,
    rows: shown.rows,
    selection: shown.rowSelection,
    setSelection: (next) => {
      shown.table.setRowSelection(next);
      announce(words.review.said.selected(Object.keys(next).length));
    },
  });
  const parts = { cursor, decisions, selection, view, changes };
  const act = useLatest((action: LineAction) => perform(action, parts));
  useKeys((command) => obey(command, parts));
  return { canEdit, filters, shown, said, act, ...parts };
}

/** What is open. */
function useView() {
  const [editing, edit] = useState<Field | null>(null);
  const [explained, setExplained] = useState<{ id: string; anchor: Element | null }>();
  const [isHelping, help] = useState(false);
  return {
    editing,
    edit,
    explained,
    explain: (id: string) => {
      const anchor = document.querySelector(`[data-line="${id}"] [data-why]`);
      setExplained({ id, anchor });
    },
    endExplanation: () => setExplained(undefined),
    isHelping,
    help,
    searchField: useRef<HTMLInputElement>(null),
    bulkBar: useRef<HTMLDivElement>(null),
  };
}

export type View = ReturnType<typeof useView>;

export interface Parts {
  cursor: ReturnType<typeof useCursor>;
  decisions: ReturnType<typeof useDecisions>;
  changes: ReturnType<typeof useLineChanges>;
  selection: Selected;
  view: View;
}
