import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";

import { isNowhere } from "@/api/problem-error";
import { onServerClock } from "@/api/server-clock";
import { ErrorState } from "@/app/error-state";
import { toTheTop } from "@/app/to-the-top";
import { buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty } from "@/components/ui/empty";
import { PageTitle } from "@/components/ui/page-title";
import { Skeleton } from "@/components/ui/skeleton";
import { periodKeys } from "@/features/periods/api";
import { providerQuery } from "@/features/provider/api";
import { ProviderNow } from "@/features/provider/provider-now";
import type { ReportJob } from "@/features/report-jobs/api";
import { JobNextSteps } from "@/features/report-jobs/job-next-steps";
import { JobPace } from "@/features/report-jobs/job-pace";
import { JobTiers } from "@/features/report-jobs/job-tiers";
import { ReportGenerationProgress } from "@/features/report-jobs/report-generation-progress";
import { isFinished, newerThan } from "@/features/report-jobs/states";
import { useReportJob, useReportJobList } from "@/features/report-jobs/use-report-jobs";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

/** One report being made, or how it was made. */
export function JobPage() {
  const { jobId } = useParams({ from: "/jobs/$jobId" });
  return (
    <div className="mx-auto grid max-w-5xl gap-6">
      <Link
        to="/history"
        className={buttonLooks({
          variant: "link",
          size: "inline",
          className: "justify-self-start",
        })}
      >
        <ArrowLeft aria-hidden />
        {words.job.page.history}
      </Link>
      <Job key={jobId} id={jobId} />
    </div>
  );
}

function Job({ id }: { id: string }) {
  const { data: job, error, refetch, dataUpdatedAt } = useReportJob(id);
  if (job !== undefined) {
    return <KnownJob job={job} heardAt={onServerClock(dataUpdatedAt)} />;
  }
  if (error !== null) {
    return isNowhere(error) ? (
      <NoJob />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <>
      <Skeleton className="h-40" label={words.loading} />
      <Skeleton className="h-64" />
    </>
  );
}

function NoJob() {
  return (
    <Empty heading="h1" title={words.job.page.gone} hint={words.job.page.goneHint}>
      <Link to="/history" className={buttonLooks({})}>
        {words.job.page.history}
      </Link>
    </Empty>
  );
}

function KnownJob({ job, heardAt }: { job: ReportJob; heardAt: number }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const newest = useReportJobList({ pageSize: 100 });
  const isOver = isFinished(job.status);
  const ending = job.status === "Completed" ? "made" : "unfinished";
  const title = words.job.page.title[isOver ? ending : "running"];
  const refreshMonths = () => void queries.invalidateQueries({ queryKey: periodKeys.all });

  function follow(next: ReportJob): void {
    refreshMonths();
    void navigate({ to: "/jobs/$jobId", params: { jobId: next.id } }).then(toTheTop);
  }

  return (
    <>
      <PageTitle title={title(formatPeriod(job.period))} />
      <Card className="grid gap-4">
        <h2 className="sr-only">{words.job.page.progress}</h2>
        <ReportGenerationProgress jobId={job.id} onComplete={refreshMonths} />
        <JobNextSteps
          job={job}
          newer={newerThan(job, newest.data?.items ?? [])}
          onRetried={follow}
        />
      </Card>
      <div className="grid items-start gap-6 lg:grid-cols-2">
        <Card>
          <JobTiers job={job} />
        </Card>
        <Card>
          <JobPace job={job} heardAt={heardAt}>
            {!isOver && <HeldBack />}
          </JobPace>
        </Card>
      </div>
    </>
  );
}

/** Oftener than elsewhere: a limit comes and goes within seconds. */
const ASK_AGAIN_MS = 3000;

/** Asked for only while the job runs; without an answer the page says nothing about it. */
function HeldBack() {
  const now = useQuery({ ...providerQuery, refetchInterval: ASK_AGAIN_MS });
  // What was true before the server fell silent is not what holds it back now.
  const isKnown = now.data !== undefined && !now.isError;
  return isKnown && <ProviderNow provider={now.data} heardAt={onServerClock(now.dataUpdatedAt)} />;
}
