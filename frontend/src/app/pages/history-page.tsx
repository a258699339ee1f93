import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useId } from "react";

import { STATUSES, type JobStatus } from "@/api/job-statuses";
import { onServerClock } from "@/api/server-clock";
import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { toTheTop } from "@/app/to-the-top";
import { buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Empty } from "@/components/ui/empty";
import { PageTitle } from "@/components/ui/page-title";
import { Pager } from "@/components/ui/pager";
import { Select } from "@/components/ui/select";
import { periodKeys } from "@/features/periods/api";
import { reportJobListQuery, type ReportJob } from "@/features/report-jobs/api";
import { historySearch } from "@/features/report-jobs/history-search";
import { JobRow } from "@/features/report-jobs/job-row";
import { isFinished } from "@/features/report-jobs/states";
import { useReportJobList } from "@/features/report-jobs/use-report-jobs";
import { useNow } from "@/lib/use-now";
import { words } from "@/words";

const PAGE_SIZE = 20;
const ASK_AGAIN_MS = 10_000;

/** Every job there was, and what became of it. */
export function HistoryPage() {
  return (
    <div className="mx-auto grid max-w-5xl gap-6">
      <PageTitle title={words.history.title} intro={words.history.intro}>
        <StatusFilter />
      </PageTitle>
      <Jobs />
    </div>
  );
}

function StatusFilter() {
  const id = useId();
  const { status } = useSearch({ from: "/history" });
  const navigate = useNavigate({ from: "/history" });
  return (
    <div className="flex items-center gap-2 text-sm">
      <label htmlFor={id} className="text-muted-foreground">
        {words.history.show}
      </label>
      <Select
        id={id}
        value={status ?? ""}
        onChange={(event) =>
          void navigate({ search: historySearch({ status: event.target.value }) })
        }
      >
        <option value="">{words.history.all}</option>
        {STATUSES.map((each) => (
          <option key={each} value={each}>
            {words.job.status[each]}
          </option>
        ))}
      </Select>
    </div>
  );
}

function Jobs() {
  const { status, page = 1 } = useSearch({ from: "/history" });
  const jobs = useQuery({
    ...reportJobListQuery({ ...(status && { status }), page, pageSize: PAGE_SIZE }),
    placeholderData: keepPreviousData,
    // The stream tells of each beginning and end; without it, as long as anything runs.
    refetchInterval: ({ state }) => hasActive(state.data?.items) && ASK_AGAIN_MS,
  });
  if (jobs.isPending) {
    return <ListSkeleton />;
  }
  if (jobs.data === undefined) {
    return <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />;
  }
  if (jobs.data.items.length === 0) {
    return <NoJobs status={status} isBeyond={jobs.data.totalCount > 0} />;
  }
  return <JobList jobs={jobs.data.items} totalCount={jobs.data.totalCount} page={page} />;
}

function hasActive(jobs: readonly ReportJob[] | undefined): boolean {
  return jobs?.some((job) => !isFinished(job.status)) ?? false;
}

interface ListProps {
  jobs: readonly ReportJob[];
  totalCount: number;
  page: number;
}

function JobList({ jobs, totalCount, page }: ListProps) {
  const queries = useQueryClient();
  const navigate = useNavigate({ from: "/history" });
  const newest = useReportJobList({ pageSize: 100 });
  const now = onServerClock(useNow());

  function follow(job: ReportJob): void {
    void queries.invalidateQueries({ queryKey: periodKeys.all });
    void navigate({ to: "/jobs/$jobId", params: { jobId: job.id } }).then(toTheTop);
  }

  return (
    <>
      <ul aria-label={words.history.list} className="grid gap-3">
        {jobs.map((job) => (
          <li key={job.id}>
            <Card>
              <JobRow job={job} newest={newest.data?.items ?? []} now={now} onRetried={follow} />
            </Card>
          </li>
        ))}
      </ul>
      <Pager
        {...{ page, totalCount }}
        pageSize={PAGE_SIZE}
        onPage={(next) =>
          void navigate({ search: ({ status }) => historySearch({ status, page: next }) })
        }
      />
    </>
  );
}

function NoJobs({ status, isBeyond }: { status: JobStatus | undefined; isBeyond: boolean }) {
  const say = words.history;
  if (isBeyond) {
    return (
      <Empty title={say.beyond} hint={say.beyondHint}>
        <Link to="/history" search={historySearch({ status })} className={buttonLooks({})}>
          {say.toFirst}
        </Link>
      </Empty>
    );
  }
  if (status !== undefined) {
    return (
      <Empty title={say.noneSuch(words.job.status[status])} hint={say.noneSuchHint}>
        <Link to="/history" className={buttonLooks({ variant: "outline" })}>
          {say.showAll}
        </Link>
      </Empty>
    );
  }
  return (
    <Empty title={say.empty} hint={say.emptyHint}>
      <Link to="/" className={buttonLooks({})}>
        {say.toMonths}
      </Link>
    </Empty>
  );
}
