import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ProblemError } from "@/api/problem-error";
import {
  chartKeys,
  replaceChart,
  seenChartQuery,
  type ChartKind,
  type NewChart,
  type SeenChart,
} from "@/features/chart/api";

/** Somebody else stored another list in between; it brings theirs. */
export class ChartChanged extends Error {
  readonly now: SeenChart;

  constructor(now: SeenChart, cause: unknown) {
    super("the list was changed meanwhile", { cause });
    this.name = "ChartChanged";
    this.now = now;
  }
}

interface Given {
  chart: NewChart;
  tag: string;
}

/**
 * Ask what a new list would change, or store it.
 *
 * The error is a `ChartChanged` when the list is no longer the one that was seen.
 */
export function useReplacing(kind: ChartKind, { dryRun }: { dryRun: boolean }) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ chart, tag }: Given) => {
      try {
        return await replaceChart(kind, chart, { tag, dryRun });
      } catch (error) {
        if (error instanceof ProblemError && error.status === 412) {
          const now = await queries.query({ ...seenChartQuery(kind), staleTime: 0 });
          throw new ChartChanged(now, error);
        }
        throw error;
      }
    },
    onSuccess: () => (dryRun ? undefined : queries.invalidateQueries({ queryKey: chartKeys.all })),
  });
}
