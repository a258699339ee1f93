import { useInfiniteQuery, useMutationState, type QueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import {
  linesQuery,
  type Line,
  type LinePage,
  type Pages,
  type Report,
} from "@/features/reports/lines/api";
import { withChange, type Share } from "@/features/reports/lines/changes/changing";

/** Every change of lines has this key, so that what is under way can be found. */
export const changeKey = (reportId: string) => ["change-lines", reportId] as const;

/** What is under way or waits for its turn. */
export interface UnderWay {
  /** None, where only the server knows which lines it will change. */
  shares: readonly Share[];
}

/**
 * All lines of a report as they will be when everything under way has been taken. What the server
 * said stays as it is in the cache, so a change that fails leaves nothing to roll back.
 */
export function useLines(report: Report) {
  const query = useInfiniteQuery(linesQuery(report));
  const { hasNextPage, isFetching, isError, fetchNextPage, refetch } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) {
      void fetchNextPage();
    }
  }, [hasNextPage, isFetching, isError, fetchNextPage]);

  const pages = query.data?.pages;
  // A job has brought the report up to date: these lines stay until the new ones are here.
  const isOutdated = pages?.some(({ jobId }) => jobId !== report.jobId) ?? false;
  useEffect(() => {
    if (isOutdated) {
      void refetch();
    }
  }, [isOutdated, refetch, report.jobId]);
  const stored = useMemo(() => pages?.flatMap(({ items }) => items), [pages]);
  const underWay = useMutationState({
    filters: { mutationKey: changeKey(report.id), status: "pending" },
    select: ({ state }) => state.variables as UnderWay,
  });
  const lines = useMemo(() => stored && withAll(stored, underWay), [stored, underWay]);
  return { query, lines, isComplete: query.data !== undefined && !hasNextPage };
}

function withAll(lines: readonly Line[], underWay: readonly UnderWay[]): readonly Line[] {
  const shares = underWay.flatMap((change) => change.shares);
  if (shares.length === 0) {
    return lines;
  }
  const changes = new Map<string, Share["set"][]>();
  for (const { line, set } of shares) {
    changes.set(line.id, [...(changes.get(line.id) ?? []), set]);
  }
  return lines.map((line) => (changes.get(line.id) ?? []).reduce(withChange, line));
}

/** The lines as the server told them last. */
export function storedLines(queries: QueryClient, report: Report): readonly Line[] {
  const pages = queries.getQueryData<Pages>(linesQuery(report).queryKey)?.pages ?? [];
  return pages.flatMap(({ items }) => items);
}

/** Keep lines as the server told them just now. */
export function keepLines(queries: QueryClient, report: Report, told: readonly Line[]): void {
  const newer = new Map(told.map((line) => [line.id, line]));
  queries.setQueryData<Pages>(linesQuery(report).queryKey, (data) => {
    return data && { ...data, pages: data.pages.map((page) => withNewer(page, newer)) };
  });
}

/** A page without any of them stays the very same, so that nothing of it is drawn again. */
function withNewer(page: LinePage, newer: ReadonlyMap<string, Line>): LinePage {
  if (!page.items.some(({ id }) => newer.has(id))) {
    return page;
  }
  const later = (line: Line) => {
    const told = newer.get(line.id);
    return told !== undefined && told.version >= line.version ? told : line;
  };
  return { ...page, items: page.items.map(later) };
}
