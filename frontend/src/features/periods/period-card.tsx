import { useId, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Period } from "@/features/periods/api";
import { ExportLinks } from "@/features/periods/export-links";
import type { Standing } from "@/features/periods/next-step";
import { NextStepAction } from "@/features/periods/next-step-action";
import { StandingBadge } from "@/features/periods/standing-badge";
import { formatPeriod } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

interface Steps {
  standing: Standing;
  isStarting: boolean;
  onStart: () => void;
}

interface Props extends Steps {
  period: Period;
  /** What belongs below: progress, a refusal. */
  children?: ReactNode;
}

/** One month: what it holds, where it stands, what to do next. */
export function PeriodCard({ period, children, ...steps }: Props) {
  const heading = useId();
  return (
    <Card>
      <article aria-labelledby={heading} className="grid gap-4">
        <div className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-3 sm:grid-cols-[1fr_auto_12rem]">
          <Heading id={heading} period={period} standing={steps.standing} />
          <Totals totals={period.totals} />
          <div className="col-span-2 grid empty:hidden sm:col-span-1">
            <NextStepAction {...steps} period={period.period} />
          </div>
        </div>
        {children}
        <DraftActions {...steps} period={period.period} />
      </article>
    </Card>
  );
}

function Heading({ id, period, standing }: { id: string; period: Period; standing: Standing }) {
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="text-lg font-semibold">
          {formatPeriod(period.period)}
        </h2>
        <StandingBadge standing={standing} />
      </div>
      <div className="flex flex-wrap gap-x-3 text-sm text-muted-foreground">
        {words.periods.transactions(period.transactionCount)}
        {standing.state === "submitted" && (
          <ExportLinks {...period} reportId={standing.reportId} formats={["csv", "pdf"]} />
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

/** What can be done with a draft besides the next step. */
function DraftActions({ period, standing, isStarting, onStart }: Steps & { period: string }) {
  if (standing.state !== "review" && standing.state !== "ready") {
    return null;
  }
  const { next, of, download } = words.periods;
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t pt-3 text-sm">
      <span className="text-muted-foreground">{download}</span>
      <ExportLinks {...{ period }} reportId={standing.reportId} formats={["csv", "xlsx", "pdf"]} />
      <Button
        variant="link"
        size="inline"
        className="ml-auto"
        disabled={isStarting}
        onClick={onStart}
        aria-label={of(next.update, formatPeriod(period))}
      >
        {next.update}
      </Button>
    </div>
  );
}
