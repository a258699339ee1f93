import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { troubleOf } from "@/api/problems";
import { Button } from "@/components/ui/button";
import { RetryAlert } from "@/components/ui/retry-alert";
import { Skeleton } from "@/components/ui/skeleton";
import { totalsQuery, type CurrencyTotals } from "@/features/reports/api";
import { LazyChart } from "@/features/reports/totals/lazy-chart";
import type { ChooseCode, Kind } from "@/features/reports/totals/ranking";
import { TotalsTable } from "@/features/reports/totals/totals-table";
import { WhenSeen } from "@/features/reports/totals/when-seen";
import { words } from "@/words";

interface Props {
  reportId: string;
  /** Open from the start: when there is nothing more urgent to look at. */
  isOpen: boolean;
  onChoose: ChooseCode;
}

/** What the lines add up to, folded away while there is something to review. */
export function ReportTotals({ reportId, isOpen, onChoose }: Props) {
  const { data, error, refetch } = useQuery(totalsQuery(reportId));
  const { title, summaryHint } = words.report.totals;
  const [isOpenFirst] = useState(isOpen); // the last line that is accepted is not pushed away
  return (
    <details open={isOpenFirst} className="group rounded-xl border bg-card shadow-xs">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-xl px-4 py-3 font-medium hover:bg-accent">
        <ChevronRight
          aria-hidden
          className="size-4 motion-safe:transition-transform group-open:rotate-90"
        />
        {title}
        <span className="ml-auto text-sm font-normal text-muted-foreground max-sm:hidden">
          {summaryHint}
        </span>
      </summary>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 px-4 pt-2 pb-4">
        {data === undefined && error === null && (
          <Skeleton className="h-48" label={words.loading} />
        )}
        {data === undefined && error !== null && (
          <Trouble error={error} onRetry={() => void refetch()} />
        )}
        {data !== undefined && <Sums currencies={data.currencies} onChoose={onChoose} />}
      </div>
    </details>
  );
}

function Sums(props: { currencies: readonly CurrencyTotals[]; onChoose: ChooseCode }) {
  const [kind, setKind] = useState<Kind>("account");
  return (
    <>
      <KindSwitch kind={kind} onChange={setKind} />
      {props.currencies.map((totals) => (
        <section
          key={totals.currency}
          className="grid grid-cols-[minmax(0,1fr)] items-start gap-x-8 gap-y-4 lg:grid-cols-2"
        >
          {props.currencies.length > 1 && (
            <h3 className="font-medium lg:col-span-2">{totals.currency}</h3>
          )}
          <WhenSeen className="min-h-24">
            <LazyChart {...{ totals, kind }} onChoose={props.onChoose} />
          </WhenSeen>
          <TotalsTable key={kind} {...{ totals, kind }} onChoose={props.onChoose} />
        </section>
      ))}
    </>
  );
}

const KINDS: readonly Kind[] = ["account", "department"];

function KindSwitch({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  const { by, choose } = words.report.totals;
  return (
    <div role="group" aria-label={choose} className="flex w-fit gap-1 rounded-lg border p-1">
      {KINDS.map((each) => (
        <Button
          key={each}
          size="sm"
          variant={each === kind ? "default" : "ghost"}
          aria-pressed={each === kind}
          onClick={() => onChange(each)}
        >
          {by[each]}
        </Button>
      ))}
    </div>
  );
}

function Trouble({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { title, detail } = troubleOf(error);
  return (
    <RetryAlert title={title} onRetry={onRetry}>
      {detail}
    </RetryAlert>
  );
}
