import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemError } from "@/api/problem-error";
import { troubleOf } from "@/api/problems";
import { useToasts } from "@/components/ui/toast";
import {
  linesQuery,
  type Conflict,
  type Line,
  type LineChange,
  type Report,
} from "@/features/reports/lines/api";
import { isAlreadySo } from "@/features/reports/lines/changes/changing";
import type { Outcome } from "@/features/reports/lines/changes/sending";
import { withTyped } from "@/features/reports/lines/changes/typed";
import { changeKey, keepLines, type UnderWay } from "@/features/reports/lines/use-lines";
import { words } from "@/words";

/** The one toast about what was changed last. */
export const CHANGE_TOAST = "line-change";

/** The line was changed elsewhere before our change came: the person decides. */
export interface Stale {
  mine: LineChange;
  current: Line;
}

/** Lines that a change of many has left alone. */
export interface LeftAlone {
  set: LineChange;
  conflicts: readonly Conflict[];
}

interface Operation extends UnderWay {
  run: () => Promise<Outcome>;
  /** What is to stand on the lines. */
  mine: LineChange;
  again: () => void;
}

/**
 * Sends changes of lines one after another: the server takes one at a time for a report anyway,
 * and each needs the version that the one before it made. What is refused is told with its reason,
 * or asked about where somebody else has changed the same line.
 */
export function useSending(report: Report, onChanged: () => void) {
  const queries = useQueryClient();
  const toasts = useToasts();
  const sayWhyNot = useSayWhyNot();
  const [stale, setStale] = useState<readonly Stale[]>([]);
  const [leftAlone, setLeftAlone] = useState<LeftAlone | null>(null);
  const { mutateAsync } = useMutation({
    mutationKey: changeKey(report.id),
    scope: { id: changeKey(report.id).join("/") },
    mutationFn: ({ run }: Operation) => run(),
  });

  async function perform(operation: Operation): Promise<Outcome | undefined> {
    try {
      const outcome = await mutateAsync(operation);
      if (outcome.conflicts.length > 0) {
        // What stands there now is needed to decide.
        await queries.refetchQueries({ queryKey: linesQuery(report).queryKey, exact: true });
        setLeftAlone({ set: operation.mine, conflicts: outcome.conflicts });
      }
      onChanged();
      return outcome;
    } catch (error) {
      refuse(error, operation);
      return undefined;
    }
  }

  function refuse(error: unknown, { mine, again }: Operation): void {
    const current = currentLine(error);
    if (current !== undefined && isAlreadySo(current, mine)) {
      keepLines(queries, report, [current]); // the other one wanted the same
      return;
    }
    toasts.close(CHANGE_TOAST); // what it says has not happened
    if (current === undefined) {
      sayWhyNot(error, mine, again);
      onChanged(); // the report may have been submitted, or have lost this line
      void queries.invalidateQueries({ queryKey: linesQuery(report).queryKey });
      return;
    }
    keepLines(queries, report, [current]);
    setStale((others) => [...others, { mine, current }]);
  }

  return {
    perform,
    stale: stale[0],
    settleStale: () => setStale(([, ...others]) => others),
    leftAlone,
    settleLeftAlone: () => setLeftAlone(null),
  };
}

function useSayWhyNot() {
  const toasts = useToasts();
  return (error: unknown, mine: LineChange, again: () => void) => {
    const { title, detail, canRetry } = troubleOf(error);
    const description = canRetry ? detail : withTyped(detail, mine);
    const actionProps = canRetry ? { children: words.tryAgain, onClick: again } : undefined;
    toasts.add({ title, description, actionProps, timeout: 0 });
  };
}

/** What the refusal of a change to an older version carries. */
function currentLine(error: unknown): Line | undefined {
  return error instanceof ProblemError && error.status === 412 ? error.problem.current : undefined;
}
