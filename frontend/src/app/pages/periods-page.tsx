import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Upload } from "lucide-react";

import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { Month } from "@/app/pages/month";
import { buttonLooks } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { PageTitle } from "@/components/ui/page-title";
import { periodReportsQuery, periodsQuery } from "@/features/periods/api";
import { useReportJobList } from "@/features/report-jobs/use-report-jobs";
import { useDownload } from "@/features/reports/use-download";
import { words } from "@/words";

/** Home: every month, and the one thing to do next in each. */
export function PeriodsPage() {
  return (
    <div className="mx-auto grid max-w-5xl gap-6">
      <PageTitle title={words.periods.title} intro={words.periods.intro}>
        <ImportLink variant="outline" />
      </PageTitle>
      <Months />
    </div>
  );
}

function Months() {
  const periods = useQuery(periodsQuery);
  const reports = useQuery(periodReportsQuery);
  const downloads = useDownload();
  const jobs = useReportJobList({ pageSize: 100 });
  if (periods.isPending || reports.isPending || jobs.isPending) {
    return <ListSkeleton />;
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
            downloads={downloads}
            reports={reports.data.items}
            latestJob={jobs.data.items.find((job) => job.period === period.period)}
          />
        </li>
      ))}
    </ul>
  );
}

function NoMonths() {
  return (
    <Empty title={words.periods.empty} hint={words.periods.emptyHint}>
      <ImportLink variant="default" />
    </Empty>
  );
}

function ImportLink({ variant }: { variant: "default" | "outline" }) {
  return (
    <Link to="/import" className={buttonLooks({ variant })}>
      <Upload aria-hidden />
      {words.periods.import}
    </Link>
  );
}
