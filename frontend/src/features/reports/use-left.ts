import { useInfiniteQuery, useIsMutating } from "@tanstack/react-query";

import type { Report } from "@/features/reports/api";
import { linesQuery } from "@/features/reports/lines/api";
import { changeKey } from "@/features/reports/lines/use-lines";

/** What a report must not be frozen without: changes of its lines that are still on their way. */
export function useIsChanging({ id }: Report): boolean {
  return useIsMutating({ mutationKey: changeKey(id) }) > 0;
}

/**
 * How many lines still need a look: counted from the lines on the screen, since the report's own
 * count comes a call later. That one is told while not all lines are here.
 */
export function useLeft(report: Report): number {
  const { data } = useInfiniteQuery({ ...linesQuery(report), enabled: false });
  const lines = data?.pages.flatMap(({ items }) => items) ?? [];
  return lines.length < report.lineCount
    ? report.needsReviewCount
    : lines.filter(({ needsReview }) => needsReview).length;
}
