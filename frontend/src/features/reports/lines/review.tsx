import type { ReactNode } from "react";

import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ActionContext } from "@/features/reports/lines/keys/actions";
import { AllReviewed } from "@/features/reports/lines/all-reviewed";
import type { Line, Report } from "@/features/reports/lines/api";
import { BulkBar } from "@/features/reports/lines/editing/bulk-bar";
import type { Chart } from "@/features/reports/lines/chart-context";
import { FilterBar, NO_FILTERS } from "@/features/reports/lines/filters/filter-bar";
import { hasOtherFilters } from "@/features/reports/lines/filters/filters";
import { LinesTable } from "@/features/reports/lines/table/lines-table";
import { Questions } from "@/features/reports/lines/changes/questions";
import { useLatest } from "@/lib/use-latest";
import { useReview } from "@/features/reports/lines/use-review";
import { VendorOffer } from "@/features/reports/lines/editing/vendor-offer";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  report: Report;
  lines: readonly Line[];
  chart: Chart;
  /** No page is missing any more. */
  isComplete: boolean;
  /** How many of the missing ones need a look. */
  flaggedElsewhere: number;
  onChanged: () => void;
  nextStep: ReactNode;
}

/** The lines that are here, with all that can be done with them. */
export function Review({ report, lines, isComplete, nextStep, ...options }: Props) {
  const review = useReview({ report, lines, ...options });
  const { canEdit, filters, shown, cursor, decisions, selection, view } = review;
  const { rows } = shown;
  const isDone = canEdit && isComplete && decisions.left === 0;
  const onHelp = useLatest(() => view.help(true));
  const onLeave = useLatest(cursor.stay);
  return (
    <ActionContext value={review.act}>
      {!canEdit && <Alert tone="info" title={words.review.submitted} />}
      {isDone && !filters.isReviewing && <AllReviewed>{nextStep}</AllReviewed>}
      <FilterBar
        {...filters}
        left={decisions.left}
        onFilter={filters.filter}
        onHelp={onHelp}
        onLeave={onLeave}
        field={view.searchField}
      />
      <p className="text-sm text-muted-foreground">
        {isComplete
          ? words.review.shown(rows.length, lines.length)
          : words.review.loading(lines.length, report.lineCount)}
      </p>
      {rows.length === 0 ? (
        <NoneShown {...filters} isComplete={isComplete} onFilter={filters.filter} />
      ) : (
        <LinesTable
          table={shown.table}
          label={words.review.table(formatPeriod(report.period))}
          rows={rows}
          selection={shown.rowSelection}
          place={cursor.place}
          editing={view.editing}
          canEdit={canEdit}
          onSelectAll={selection.selectAll}
        />
      )}
      <FootBar review={review}>
        {/* Who has just accepted the last line may be far from the top. */}
        {isDone && filters.isReviewing && <AllReviewed isAtFoot>{nextStep}</AllReviewed>}
      </FootBar>
      <Questions review={review} lines={lines} />
      <Said {...review.said} />
    </ActionContext>
  );
}

/** What keys did, for who does not see it. */
function Said({ text, times }: { text: string; times: number }) {
  // The same words twice are read twice only if they differ.
  const isOdd = times % 2 === 1;
  return (
    <p role="status" className="sr-only">
      {text}
      {isOdd && "\u00A0"}
    </p>
  );
}

type ReviewParts = ReturnType<typeof useReview>;

function NoneShown({ isReviewing, isComplete, onFilter, search }: NoneProps) {
  const { nothingToReview, noMatch, noMatchHint, showAll } = words.review;
  const isOnlyReview = isReviewing && !hasOtherFilters(search);
  if (!isComplete) {
    return null; // one may yet come, and that they are loading is said
  }
  return (
    <Empty
      title={isOnlyReview ? nothingToReview : noMatch}
      hint={isOnlyReview ? undefined : noMatchHint}
    >
      <Button variant="outline" onClick={() => onFilter({ ...NO_FILTERS, needsReview: false })}>
        {showAll}
      </Button>
    </Empty>
  );
}

interface NoneProps extends Pick<ReviewParts["filters"], "isReviewing" | "search"> {
  isComplete: boolean;
  onFilter: ReviewParts["filters"]["filter"];
}

/**
 * One at a time: what to do with the selection, or with the other lines of a vendor. Whatever is
 * pressed, the focus goes back to the lines, where the keys go on.
 */
function FootBar({ review, children }: { review: ReviewParts; children: ReactNode }) {
  const { selection, decisions, view, cursor } = review;
  const { selected } = selection;
  const { offer } = decisions;
  const andBack = (does: () => void) => () => {
    does();
    cursor.stay();
  };
  if (selected.length > 0) {
    return (
      <BulkBar
        bar={view.bulkBar}
        count={selected.length}
        hidden={selection.hidden}
        onSet={(set) => andBack(() => decisions.setAll(selected, set))()}
        onAccept={andBack(() => decisions.acceptAll(selected))}
        onClear={andBack(selection.clear)}
      />
    );
  }
  if (offer.line === undefined) {
    return children;
  }
  return (
    <VendorOffer
      count={offer.count}
      vendor={offer.line.vendor ?? offer.line.description}
      onApply={andBack(offer.apply)}
      onAlways={andBack(offer.always)}
      onLeave={andBack(offer.end)}
    />
  );
}
