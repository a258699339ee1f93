import { Badge } from "@/components/ui/badge";
import type { Report } from "@/features/reports/api";
import { formatMoment } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

/** What a report adds up to, in words: `$1,234.50 + €20.00`. */
export function totalsInWords({ totals }: Pick<Report, "totals">): string {
  const amounts = totals.map(({ amount, currency }) => formatMoney(amount, currency));
  return new Intl.ListFormat(undefined, { type: "unit", style: "short" }).format(amounts);
}

export function ReportBadges({ report }: { report: Report }) {
  const { status, needsReviewCount } = report;
  return (
    <>
      <Badge tone={status === "Submitted" ? "good" : "neutral"}>
        {words.report.status[status]}
      </Badge>
      {needsReviewCount > 0 && status === "Draft" && (
        <Badge tone="warning">{words.report.toReview(needsReviewCount)}</Badge>
      )}
      {needsReviewCount > 0 && status === "Submitted" && (
        <Badge>{words.report.unreviewed(needsReviewCount)}</Badge>
      )}
      {needsReviewCount === 0 && status === "Draft" && report.lineCount > 0 && (
        <Badge tone="good">{words.report.nothingToReview}</Badge>
      )}
    </>
  );
}

/** How many lines, what they add up to, since when. */
export function ReportFacts({ report }: { report: Report }) {
  const since =
    report.submittedAt === null
      ? words.report.made(formatMoment(report.createdAt))
      : words.report.submittedAt(formatMoment(report.submittedAt));
  return (
    <ul className="flex flex-wrap items-baseline gap-x-4 gap-y-1 text-sm text-muted-foreground tabular-nums">
      <li className="text-lg font-medium text-foreground">{totalsInWords(report)}</li>
      <li>{words.report.lines(report.lineCount)}</li>
      <li>{since}</li>
    </ul>
  );
}
