import { Link } from "@tanstack/react-router";

import { Button } from "@/components/ui/button";
import type { Period } from "@/features/periods/api";
import { DownloadLinks } from "@/features/periods/download-links";
import type { Steps } from "@/features/periods/next-step-action";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  period: Period;
  steps: Steps;
}

const QUIET = "flex min-h-6 items-center underline-offset-4 hover:underline";
const LOUD = "flex min-h-6 items-center text-link underline underline-offset-4 hover:no-underline";

/** Where more about a month is found: its transactions, the job, the report that is done. */
export function MonthLinks({ period, steps }: Props) {
  const { transactions, of, details } = words.periods;
  const { standing } = steps;
  const name = formatPeriod(period.period);
  const count = transactions(period.transactionCount);
  return (
    <div className="flex flex-wrap items-center gap-x-4 text-sm text-muted-foreground">
      <Link
        to="/transactions"
        search={{ period: period.period }}
        aria-label={of(count, name)}
        className={QUIET}
      >
        {count}
      </Link>
      {"jobId" in standing && (
        <Link
          to="/jobs/$jobId"
          params={{ jobId: standing.jobId }}
          aria-label={of(details, name)}
          className={QUIET}
        >
          {details}
        </Link>
      )}
      {standing.state === "submitted" && (
        <Done {...{ period, steps }} reportId={standing.reportId} />
      )}
    </div>
  );
}

/** All is done here: the report to look at, and its files, in one line. */
function Done({ period, steps, reportId }: Props & { reportId: string }) {
  const { of, view } = words.periods;
  return (
    <>
      <Link
        to="/reports/$reportId"
        params={{ reportId }}
        aria-label={of(view, formatPeriod(period.period))}
        className={LOUD}
      >
        {view}
      </Link>
      <OtherReports period={period} shownId={reportId} />
      <DownloadLinks
        period={period.period}
        reportId={reportId}
        formats={["pdf", "csv"]}
        downloads={steps.downloads}
      />
    </>
  );
}

/** What can be done with a report besides the next step, and the other reports of the month. */
export function ReportLine({ period, steps }: Props) {
  const { standing } = steps;
  if (!("reportId" in standing) || standing.state === "submitted") {
    return null;
  }
  const { reportId } = standing;
  const { next, of, download } = words.periods;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t pt-3 text-sm">
      <span className="text-muted-foreground">{download}</span>
      <DownloadLinks
        period={period.period}
        reportId={reportId}
        formats={["pdf", "xlsx", "csv"]}
        downloads={steps.downloads}
      />
      <span className="ml-auto flex flex-wrap gap-x-4 gap-y-2">
        <OtherReports period={period} shownId={reportId} />
        {standing.state !== "more" && (
          <Button
            variant="link"
            size="inline"
            className="min-h-6"
            disabled={steps.isStarting}
            onClick={steps.onStart}
            aria-label={of(next.update, formatPeriod(period.period))}
          >
            {next.update}
          </Button>
        )}
      </span>
    </div>
  );
}

/** A month that was submitted and grew afterwards has several. */
function OtherReports({ period, shownId }: { period: Period; shownId: string }) {
  const others = period.reports.filter(({ id }) => id !== shownId);
  const { earlier, of } = words.periods;
  const name = (at: number) => (others.length === 1 ? earlier.only : earlier.of(at + 1));
  return others.map(({ id }, at) => (
    <Link
      key={id}
      to="/reports/$reportId"
      params={{ reportId: id }}
      aria-label={of(name(at), formatPeriod(period.period))}
      className={LOUD}
    >
      {name(at)}
    </Link>
  ));
}
