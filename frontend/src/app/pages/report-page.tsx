import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { isNowhere } from "@/api/problem-error";
import { ErrorState } from "@/app/error-state";
import { ReportInFull } from "@/app/pages/report-in-full";
import { buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import { reportQuery } from "@/features/reports/api";
import { words } from "@/words";

const route = getRouteApi("/reports/$reportId");

/** One report: read, reviewed, submitted. */
export function ReportPage() {
  const { reportId } = route.useParams();
  const { data, error, refetch } = useQuery(reportQuery(reportId));
  if (data !== undefined) {
    // Another report begins anew: nothing of what was typed or asked here belongs to it.
    return <ReportInFull key={data.id} report={data} />;
  }
  if (error !== null) {
    return isNowhere(error) ? (
      <NoSuchReport />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <div className="grid gap-6">
      <Skeleton className="h-24" label={words.loading} />
      <Skeleton className="h-96" />
    </div>
  );
}

function NoSuchReport() {
  const { title, hint, home } = words.report.missing;
  return (
    <Card className="mx-auto grid max-w-lg justify-items-start gap-3">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p>{hint}</p>
      <Link to="/" className={buttonLooks({})}>
        {home}
      </Link>
    </Card>
  );
}
