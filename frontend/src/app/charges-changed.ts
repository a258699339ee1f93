import { useQueryClient } from "@tanstack/react-query";

import { periodKeys } from "@/features/periods/api";
import { reportKeys } from "@/features/reports/api";
import { lineKeys } from "@/features/reports/lines/api";
import { transactionKeys } from "@/features/transactions/api";

/** Whoever shows months, their charges or their reports looks again. */
export function useChargesChanged(): () => void {
  const queries = useQueryClient();
  return () => {
    for (const { all } of [periodKeys, transactionKeys, reportKeys, lineKeys]) {
      void queries.invalidateQueries({ queryKey: all });
    }
  };
}
