import type { ReactNode } from "react";

import { troubleOf } from "@/api/problems";
import { Empty } from "@/components/ui/empty";
import { RetryAlert } from "@/components/ui/retry-alert";
import { Skeleton } from "@/components/ui/skeleton";
import type { ChartEntry, LinePage, Report } from "@/features/reports/lines/api";
import { ChartContext, useChartOf } from "@/features/reports/lines/chart-context";
import { Review } from "@/features/reports/lines/review";
import { useLines } from "@/features/reports/lines/use-lines";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  report: Report;
  accounts: readonly ChartEntry[];
  departments: readonly ChartEntry[];
  /** Something of the report is different now: its counts, its totals. */
  onChanged: () => void;
  /** What comes after the review: shown when nothing is left. */
  nextStep?: ReactNode;
}

/** The lines of a report: looked through, corrected and accepted here. */
export function ReportLines({ report, accounts, departments, onChanged, nextStep }: Props) {
  const chart = useChartOf({ accounts, departments });
  const { query, lines, isComplete } = useLines(report);
  if (lines === undefined) {
    return query.isError ? (
      <LoadingFailed
        what={words.review.loadingFailed}
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    ) : (
      <LinesSkeleton />
    );
  }
  if (lines.length === 0) {
    return <Empty title={words.review.empty} hint={words.review.emptyHint} />;
  }
  return (
    <ChartContext value={chart}>
      <section aria-label={words.review.table(formatPeriod(report.period))} className="grid gap-3">
        {query.isFetchNextPageError && (
          <LoadingFailed
            what={words.review.restFailed}
            error={query.error}
            onRetry={() => void query.fetchNextPage()}
          />
        )}
        <Review
          {...{ report, lines, chart, onChanged, isComplete, nextStep }}
          flaggedElsewhere={isComplete ? 0 : flaggedBeyond(report, query.data?.pages ?? [])}
        />
      </section>
    </ChartContext>
  );
}

/** How many of the lines that are not here yet need a look, by the report's own count. */
function flaggedBeyond({ needsReviewCount }: Report, pages: readonly LinePage[]): number {
  const here = pages.flatMap(({ items }) => items).filter(({ needsReview }) => needsReview);
  return Math.max(needsReviewCount - here.length, 0);
}

interface FailedProps {
  what: string;
  error: unknown;
  onRetry: () => void;
}

function LoadingFailed({ what, error, onRetry }: FailedProps) {
  const { title, detail } = troubleOf(error);
  return (
    <RetryAlert title={`${what}: ${title}`} onRetry={onRetry}>
      {detail}
    </RetryAlert>
  );
}

function LinesSkeleton() {
  return (
    <div className="grid gap-2">
      <Skeleton className="h-10" label={words.loading} />
      <Skeleton className="h-80" />
    </div>
  );
}
