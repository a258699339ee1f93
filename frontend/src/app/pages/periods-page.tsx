import { useQuery } from "@tanstack/react-query";
import { Upload } from "lucide-react";

import { ErrorState } from "@/app/error-state";
import { Month } from "@/app/pages/month";
import { buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { periodReportsQuery, periodsQuery } from "@/features/periods/api";
import { useReportJobList } from "@/features/report-jobs/use-report-jobs";
import { words } from "@/words";

/** Home: every month, and the one thing to do next in each. */
export function PeriodsPage() {
  return (
    <>
      <div className="mb-6 flex flex-wrap items-end gap-x-4 gap-y-3">
        <div>
          <h1 className="text-2xl font-semibold">{words.periods.title}</h1>
          <p className="text-muted-foreground">{words.periods.intro}</p>
        </div>
        <ImportLink className="max-sm:w-full sm:ml-auto" variant="outline" />
      </div>
      <Months />
    </>
  );
}

function Months() {
  const periods = useQuery(periodsQuery);
  const reports = useQuery(periodReportsQuery);
  const jobs = useReportJobList({ pageSize: 100 });
  if (periods.isPending || reports.isPending || jobs.isPending) {
    return <MonthSkeletons />;
  }
  const failed = [periods, reports, jobs].find((query) => query.data === undefined);
  if (!periods.data || !reports.data || !jobs.data) {
    return <ErrorState error={failed?.error} onRetry={() => void failed?.refetch()} />;
  }
  if (periods.data.items.length === 0) {
    return <NoMonths />;
  }
  return (
    <ul className="grid gap-4">
      {periods.data.items.map((period) => (
        <li key={period.period}>
          <Month
            period={period}
            reports={reports.data.items}
            latestJob={jobs.data.items.find((job) => job.period === period.period)}
          />
        </li>
      ))}
    </ul>
  );
}

function MonthSkeletons() {
  return (
    <div className="grid gap-4">
      <Skeleton className="h-24" label={words.loading} />
      <Skeleton className="h-24" />
      <Skeleton className="h-24" />
    </div>
  );
}

function NoMonths() {
  return (
    <Card className="grid justify-items-center gap-3 py-12 text-center">
      <h2 className="text-lg font-semibold">{words.periods.empty}</h2>
      <p className="text-muted-foreground">{words.periods.emptyHint}</p>
      <ImportLink variant="default" />
    </Card>
  );
}

function ImportLink(looks: { className?: string; variant: "default" | "outline" }) {
  return (
    // The plain page imports, until there is a screen for it.
    <a href="/#import" className={buttonLooks(looks)}>
      <Upload aria-hidden />
      {words.periods.import}
    </a>
  );
}
