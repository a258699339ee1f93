import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import {
  deleteReport,
  reopenReport,
  reportKeys,
  submitReport,
  type Report,
} from "@/features/reports/api";
import { lineKeys } from "@/features/reports/lines/api";

/** Freeze a report; the variable says whether lines that still need a look may go along. */
export function useSubmitReport(id: string, onChanged: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (acceptUnreviewed: boolean) => submitReport(id, acceptUnreviewed),
    onSuccess: (report) => {
      keep(queries, report);
      onChanged();
    },
    // It changed meanwhile: what is true now is shown beside the refusal.
    onError: () => void lookAgain(queries, id),
  });
}

/** Make a submitted report a draft again. */
export function useReopenReport(id: string, onChanged: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => reopenReport(id),
    onSuccess: (report) => {
      keep(queries, report);
      // Charges that were let in again meanwhile are back on it.
      void queries.invalidateQueries({ queryKey: lineKeys.report(id) });
      void queries.invalidateQueries({ queryKey: reportKeys.totals(id) });
      onChanged();
    },
    onError: () => void lookAgain(queries, id),
  });
}

/** Throw a draft away. */
export function useDeleteReport(id: string, onChanged: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => deleteReport(id),
    onSuccess: onChanged,
    onError: () => void lookAgain(queries, id),
  });
}

function keep(queries: QueryClient, report: Report): void {
  queries.setQueryData(reportKeys.report(report.id), report);
}

async function lookAgain(queries: QueryClient, id: string): Promise<void> {
  await Promise.all([
    queries.invalidateQueries({ queryKey: reportKeys.report(id) }),
    queries.invalidateQueries({ queryKey: reportKeys.left(id) }),
    queries.invalidateQueries({ queryKey: lineKeys.report(id) }),
  ]);
}
