import { useMutation, useQueryClient } from "@tanstack/react-query";

import { linesQuery, type Report } from "@/features/reports/lines/api";
import { nothing, type Outcome } from "@/features/reports/lines/changes/outcome";
import type { Operation } from "@/features/reports/lines/changes/queue";
import { useOpenQuestions } from "@/features/reports/lines/changes/use-open-questions";
import { changeKey } from "@/features/reports/lines/use-lines";

/**
 * Sends changes of lines one after another: the server takes one at a time for a report anyway,
 * and each needs the version that the one before it made. Asks about what somebody else has
 * changed meanwhile; what was refused is in the outcome.
 */
export function useSending(report: Report, onChanged: () => void) {
  const queries = useQueryClient();
  const { ask, ...questions } = useOpenQuestions({ queries, report });
  const { mutateAsync } = useMutation({
    mutationKey: changeKey(report.id),
    scope: { id: changeKey(report.id).join("/") },
    mutationFn: runOrFail,
  });

  async function perform(operation: Operation): Promise<Outcome> {
    const outcome = await mutateAsync(operation);
    if (outcome.leftAlone.length > 0) {
      // What stands there now is needed to decide.
      await queries.refetchQueries({ queryKey: linesQuery(report).queryKey, exact: true });
    }
    if (outcome.failed.length > 0) {
      void queries.invalidateQueries({ queryKey: linesQuery(report).queryKey }); // one may be gone
    }
    ask(outcome);
    onChanged(); // also after a refusal: the report may be submitted, or have lost this line
    return outcome;
  }

  return { perform, ...questions };
}

async function runOrFail(operation: Operation): Promise<Outcome> {
  try {
    return await operation.run(operation);
  } catch (error) {
    return { ...nothing(), failed: [{ error, shares: [...operation.shares] }] };
  }
}
