import type { LineAction } from "@/features/reports/lines/keys/actions";
import type { Line, Report } from "@/features/reports/lines/api";
import type { Chart } from "@/features/reports/lines/chart-context";
import { useKeys } from "@/features/reports/lines/keys/keys";
import { obey, perform } from "@/features/reports/lines/keys/doing";
import { useAnnouncer } from "@/features/reports/lines/use-announcer";
import { useCursor } from "@/features/reports/lines/keys/use-cursor";
import { useDecisions } from "@/features/reports/lines/changes/use-decisions";
import { useLatest } from "@/lib/use-latest";
import { useLineChanges } from "@/features/reports/lines/changes/use-line-changes";
import { useLineSearch } from "@/features/reports/lines/filters/use-line-search";
import { useSelection } from "@/features/reports/lines/keys/use-selection";
import { useShown } from "@/features/reports/lines/filters/use-shown";
import { useView } from "@/features/reports/lines/use-view";
import { words } from "@/words";

interface Options {
  report: Report;
  lines: readonly Line[];
  flaggedElsewhere: number;
  chart: Chart;
  onChanged: () => void;
}

/** Everything that is known and can be done on the page of a report's lines. */
export function useReview({ report, lines, flaggedElsewhere, chart, onChanged }: Options) {
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
  const about = { lines, flaggedElsewhere, chart, canEdit };
  const decisions = useDecisions({ ...about, cursor, changes, announce });
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
