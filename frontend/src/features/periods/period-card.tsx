import { Link } from "@tanstack/react-router";
import { useId, type ReactNode } from "react";

import { Card } from "@/components/ui/card";
import type { Period } from "@/features/periods/api";
import { MonthLinks, ReportLine } from "@/features/periods/month-links";
import { NextStepAction, type Steps } from "@/features/periods/next-step-action";
import { StandingBadge } from "@/features/periods/standing-badge";
import { formatPeriod } from "@/lib/dates";
import { formatMoney } from "@/lib/money";

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
      <article id={period.period} aria-labelledby={heading} className="grid gap-4">
        <div className="grid grid-cols-[1fr_auto] items-center gap-x-6 gap-y-3 sm:grid-cols-[1fr_auto_13rem]">
          <Heading id={heading} period={period} steps={steps} />
          <Totals totals={period.totals} />
          <div className="col-span-2 grid empty:hidden sm:col-span-1 sm:empty:grid">
            <NextStepAction {...steps} />
          </div>
        </div>
        {children}
        <ReportLine period={period} steps={steps} />
      </article>
    </Card>
  );
}

function Heading({ id, period, steps }: { id: string; period: Period; steps: Steps }) {
  const { standing } = steps;
  const name = formatPeriod(period.period);
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id={id} className="text-lg font-semibold">
          {"reportId" in standing ? (
            <Link
              to="/reports/$reportId"
              params={{ reportId: standing.reportId }}
              className="underline-offset-4 hover:underline"
            >
              {name}
            </Link>
          ) : (
            name
          )}
        </h2>
        <StandingBadge standing={standing} />
      </div>
      <MonthLinks period={period} steps={steps} />
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
