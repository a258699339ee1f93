import { useId, type ReactNode } from "react";

import { Button, buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { exportAddress, type Period } from "@/features/periods/api";
import type { Standing } from "@/features/periods/next-step";
import { NextStepAction } from "@/features/periods/next-step-action";
import { StandingBadge } from "@/features/periods/standing-badge";
import { formatPeriod } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

interface Props {
  period: Period;
  standing: Standing;
  isStarting: boolean;
  onStart: () => void;
  /** What belongs below: progress, a refusal. */
  children?: ReactNode;
}

/** One month: what it holds, where it stands, what to do next. */
export function PeriodCard({ period, standing, isStarting, onStart, children }: Props) {
  const heading = useId();
  return (
    <Card className="grid gap-4">
      <article aria-labelledby={heading} className="grid gap-4">
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <div className="grid gap-1 sm:min-w-56">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <h2 id={heading} className="text-lg font-semibold">
                {formatPeriod(period.period)}
              </h2>
              <StandingBadge standing={standing} />
            </div>
            <p className="text-sm text-muted-foreground">
              {words.periods.transactions(period.transactionCount)}
            </p>
          </div>
          <Totals totals={period.totals} />
          <NextStepAction {...{ standing, isStarting, onStart }} period={period.period} />
        </div>
        {children}
        <MoreActions {...{ standing, isStarting, onStart }} period={period.period} />
      </article>
    </Card>
  );
}

function Totals({ totals }: { totals: Period["totals"] }) {
  return (
    <ul className="ml-auto text-right text-lg font-medium tabular-nums">
      {totals.map(({ amount, currency }) => (
        <li key={currency}>{formatMoney(amount, currency)}</li>
      ))}
    </ul>
  );
}

const FORMATS = ["csv", "xlsx", "pdf"] as const;

/** What can be done with a report besides the next step. */
function MoreActions({
  period,
  standing,
  isStarting,
  onStart,
}: Omit<Props, "children" | "period"> & { period: string }) {
  if (!("reportId" in standing)) {
    return null;
  }
  const name = formatPeriod(period);
  const isDraft = standing.state !== "submitted";
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t pt-3 text-sm">
      <span className="text-muted-foreground">{words.periods.download}</span>
      {FORMATS.map((format) => (
        <a
          key={format}
          download
          href={exportAddress(standing.reportId, format)}
          aria-label={words.periods.of(format.toUpperCase(), name)}
          className={buttonLooks({ variant: "link", size: "inline" })}
        >
          {format.toUpperCase()}
        </a>
      ))}
      {isDraft && (
        <Button
          variant="link"
          size="inline"
          className="ml-auto"
          disabled={isStarting}
          onClick={onStart}
          aria-label={words.periods.of(words.periods.next.update, name)}
        >
          {words.periods.next.update}
        </Button>
      )}
    </div>
  );
}
