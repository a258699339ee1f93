import { useQuery } from "@tanstack/react-query";

import { leftToReviewQuery } from "@/features/reports/api";
import { formatDay } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

/** How many lines still need a look, and which are the least sure. */
export function LeftToReview({ reportId, count }: { reportId: string; count: number }) {
  const { data } = useQuery(leftToReviewQuery(reportId));
  const { left, more, loadingLeft } = words.report.submit;
  const rest = count - (data?.items.length ?? 0);
  return (
    <section className="grid gap-2 rounded-md border border-warning/40 bg-warning/10 p-3 text-sm">
      <h3 className="font-medium text-warning">{left(count)}</h3>
      {data === undefined ? (
        <p className="text-muted-foreground">{loadingLeft}</p>
      ) : (
        <ul className="grid gap-2">
          {data.items.map((line) => (
            <li key={line.id} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3">
              <span className="truncate">{line.vendor ?? line.description}</span>
              <span className="tabular-nums">{formatMoney(line.amount, line.currency)}</span>
              <span className="col-span-2 text-xs text-muted-foreground">
                {formatDay(line.postedOn)}
                {line.reviewReason !== null && ` · ${line.reviewReason}`}
              </span>
            </li>
          ))}
          {rest > 0 && <li className="text-muted-foreground">{more(rest)}</li>}
        </ul>
      )}
    </section>
  );
}
