import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import type { Report } from "@/features/reports/lines/api";
import { useLatest } from "@/lib/use-latest";
import {
  effectiveSort,
  hasOtherFilters,
  type LineSearch,
} from "@/features/reports/lines/filters/filters";

/** Which lines the address asks for; what it does not say is what a review begins with. */
export function useLineSearch(report: Report) {
  const search = useSearch({ from: "/reports/$reportId" });
  const navigate = useNavigate({ from: "/reports/$reportId" });
  // As it was when the page opened: the last line that is accepted must not change the filters.
  const [hadFlagged] = useState(report.needsReviewCount > 0 && report.status === "Draft");
  const isReviewing = search.needsReview ?? (hadFlagged && !hasOtherFilters(search));

  function filter(change: LineSearch): void {
    const said = { ...search, needsReview: isReviewing, ...change };
    void navigate({ search: said, replace: true, resetScroll: false });
  }

  return {
    search,
    isReviewing,
    sort: effectiveSort(search, isReviewing),
    filter: useLatest(filter),
  };
}
