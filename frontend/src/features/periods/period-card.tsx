import { Link } from "@tanstack/react-router";
import { useId, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Period } from "@/features/periods/api";
import { DownloadLinks } from "@/features/periods/download-links";
import type { Standing } from "@/features/periods/next-step";
import { NextStepAction, type Steps } from "@/features/periods/next-step-action";
import { StandingBadge } from "@/features/periods/standing-badge";
import { formatPeriod } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

interface Props extends Omit<Steps, "period"> {
  period: Period;
  /** What belongs below: progress, a refusal. */
  children?: ReactNode;
}

/** One month: what it holds, where it stands, what to do next. */
export function PeriodCard({ period, children, ...others }: Props) {
  const heading = useId();
  const steps: Steps = { ...others, period: period.period };
  return (
    <Card>
      <article aria-labelledby={heading} className="grid gap-4">
        <div className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-3 sm:grid-cols-[1fr_auto_13rem]">
          <Heading id={heading} period={period} standing={steps.standing} />
          <Totals totals={period.totals} />
          <div className="col-span-2 grid empty:hidden sm:col-span-1">
            <NextStepAction {...steps} />
          </div>
        </div>
        {children}
        <ReportLine period={period} steps={steps} />
      </article>
    </Card>
  );
}

const LINK = "underline-offset-4 hover:underline";

function Heading({ id, period, standing }: { id: string; period: Period; standing: Standing }) {
  const { transactions, of, details } = words.periods;
  const name = formatPeriod(period.period);
  const jobId = "jobId" in standing ? standing.jobId : undefined;
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="text-lg font-semibold">
          {"reportId" in standing ? (
            <Link to="/reports/$reportId" params={standing} className={LINK}>
              {name}
            </Link>
          ) : (
            name
          )}
        </h2>
        <StandingBadge standing={standing} />
      </div>
      <div className="flex flex-wrap gap-x-3 text-sm text-muted-foreground">
        <Link
          to="/transactions"
          search={{ period: period.period }}
          aria-label={of(transactions(period.transactionCount), name)}
          className={`min-h-6 ${LINK}`}
        >
          {transactions(period.transactionCount)}
        </Link>
        {jobId !== undefined && (
          <Link
            to="/jobs/$jobId"
            params={{ jobId }}
            aria-label={of(details, name)}
            className={`min-h-6 ${LINK}`}
          >
            {details}
          </Link>
        )}
      </div>
    </div>
  );
}

function Totals({ totals }: { totals: Period["totals"] }) {
  return (
    <ul className="text-right text-lg font-medium tabular-nums">
      {totals.map(({ amount, currency }) => (
        <li key={currency}>{formatMoney(amount, currency)}</li>
      ))}
    </ul>
  );
}

/** What can be done with the report besides the next step, and the other reports of the month. */
function ReportLine({ period, steps }: { period: Period; steps: Steps }) {
  const { standing } = steps;
  if (!("reportId" in standing)) {
    return null;
  }
  const { reportId } = standing;
  const isDraft = standing.state === "review" || standing.state === "ready";
  const { next, of, download, view } = words.periods;
  const name = formatPeriod(period.period);
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
        {isDraft ? (
          <Button
            variant="link"
            size="inline"
            className="min-h-6"
            disabled={steps.isStarting}
            onClick={steps.onStart}
            aria-label={of(next.update, name)}
          >
            {next.update}
          </Button>
        ) : (
          <Link
            to="/reports/$reportId"
            params={{ reportId }}
            aria-label={of(view, name)}
            className="min-h-6 font-medium text-link underline underline-offset-4 hover:no-underline"
          >
            {view}
          </Link>
        )}
      </span>
    </div>
  );
}

/** A month that was submitted and grew afterwards has several. */
function OtherReports({ period, shownId }: { period: Period; shownId: string }) {
  const others = period.reports.filter(({ id }) => id !== shownId);
  const { earlier, of } = words.periods;
  const name = (at: number) =>
    others.length === 1 ? earlier : `${earlier} ${new Intl.NumberFormat().format(at + 1)}`;
  return others.map(({ id }, at) => (
    <Link
      key={id}
      to="/reports/$reportId"
      params={{ reportId: id }}
      aria-label={of(name(at), formatPeriod(period.period))}
      className="min-h-6 text-link underline underline-offset-4 hover:no-underline"
    >
      {name(at)}
    </Link>
  ));
}
