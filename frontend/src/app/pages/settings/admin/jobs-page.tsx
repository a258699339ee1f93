import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { STATUSES } from "@/api/job-statuses";
import { troubleOf } from "@/api/problems";
import { onServerClock } from "@/api/server-clock";
import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { DelayedInput } from "@/components/ui/delayed-input";
import { Empty } from "@/components/ui/empty";
import { Field } from "@/components/ui/field";
import { Pager } from "@/components/ui/pager";
import { Select } from "@/components/ui/select";
import { allJobsQuery, PAGE_SIZE, type OwnedJob } from "@/features/administration/api";
import { allJobsSearch, type AllJobsSearch } from "@/features/administration/search";
import { useCancelAnyJob } from "@/features/administration/use-administration";
import { StatusBadge } from "@/features/report-jobs/status-mark";
import { formatDistance, formatMoment, formatPeriod } from "@/lib/dates";
import { useNow } from "@/lib/use-now";
import { words } from "@/words";

const say = words.administration.jobs;
/** What can still be cancelled. */
const RUNNING: readonly string[] = ["Pending", "Processing"];

/** How everybody's reports fare. */
export function JobsPage() {
  return (
    <section aria-label={say.title} className="grid gap-4">
      <p className="text-muted-foreground">{say.intro}</p>
      <Filters />
      <Jobs />
    </section>
  );
}

function useFilter() {
  const search = useSearch({ from: "/settings/jobs" });
  const navigate = useNavigate({ from: "/settings/jobs" });
  // Another question begins on its first page.
  const filter = (change: Record<keyof Omit<AllJobsSearch, "page">, string> | object) =>
    void navigate({
      search: allJobsSearch({ ...search, page: undefined, ...change }),
      replace: true,
    });
  return { search, filter };
}

function Filters() {
  const { search, filter } = useFilter();
  return (
    <div role="search" aria-label={say.filters} className="grid gap-3 sm:grid-cols-3">
      <Field label={say.person}>
        <DelayedInput type="search" value={search.q ?? ""} onCommit={(q) => filter({ q })} />
      </Field>
      <Field label={say.period}>
        <DelayedInput
          type="month"
          value={search.period ?? ""}
          onCommit={(period) => filter({ period })}
        />
      </Field>
      <label className="grid content-start gap-1.5 text-sm font-medium">
        {say.status}
        <Select
          value={search.status ?? ""}
          onChange={({ target }) => filter({ status: target.value })}
        >
          <option value="">{say.allStates}</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {words.job.status[status]}
            </option>
          ))}
        </Select>
      </label>
    </div>
  );
}

function Jobs() {
  const search = useSearch({ from: "/settings/jobs" });
  const navigate = useNavigate({ from: "/settings/jobs" });
  const jobs = useQuery({ ...allJobsQuery(search), placeholderData: keepPreviousData });
  if (jobs.isPending) {
    return <ListSkeleton />;
  }
  if (jobs.data === undefined) {
    return <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} />;
  }
  if (jobs.data.items.length === 0) {
    return <Empty title={say.empty} hint={say.emptyHint} />;
  }
  return (
    <>
      <JobList jobs={jobs.data.items} />
      <Pager
        page={search.page ?? 1}
        pageSize={PAGE_SIZE}
        totalCount={jobs.data.totalCount}
        onPage={(page) => void navigate({ search: allJobsSearch({ ...search, page }) })}
      />
    </>
  );
}

function JobList({ jobs }: { jobs: readonly OwnedJob[] }) {
  const [asked, ask] = useState<OwnedJob>();
  const now = onServerClock(useNow());
  return (
    <Card className="p-0 sm:p-0">
      <ul aria-label={say.list}>
        {jobs.map((job) => (
          <li
            key={job.id}
            className="grid gap-x-4 gap-y-2 border-b px-4 py-3 last:border-b-0 sm:grid-cols-[1fr_auto] sm:items-center"
          >
            <JobFacts job={job} now={now} />
            {RUNNING.includes(job.status) && (
              <Button
                size="sm"
                variant="outline"
                className="justify-self-start"
                aria-label={say.cancel(formatPeriod(job.period), job.user.email)}
                onClick={() => ask(job)}
              >
                {words.cancel}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && <CancelDialog key={asked.id} job={asked} onClose={() => ask(undefined)} />}
    </Card>
  );
}

function JobFacts({ job, now }: { job: OwnedJob; now: number }) {
  return (
    <div className="grid min-w-0 gap-1">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium wrap-anywhere">{job.user.email}</span>
        <span className="text-muted-foreground">{formatPeriod(job.period)}</span>
        <StatusBadge status={job.status} />
      </p>
      <p className="flex flex-wrap gap-x-3 gap-y-1 text-sm text-muted-foreground tabular-nums">
        <time dateTime={job.createdAt}>
          {formatDistance(job.createdAt, now)} · {formatMoment(job.createdAt)}
        </time>
        <span>{say.lines(job.processedLines, job.totalLines)}</span>
        {job.failedLines > 0 && <span>{say.flagged(job.failedLines)}</span>}
      </p>
      {job.errorMessage !== null && (
        <p className="text-sm wrap-anywhere text-destructive">{job.errorMessage}</p>
      )}
    </div>
  );
}

function CancelDialog({ job, onClose }: { job: OwnedJob; onClose: () => void }) {
  const [open, setOpen] = useState(true);
  const cancel = useCancelAnyJob();
  return (
    <ConfirmDialog
      title={say.cancelling.title(job.user.email)}
      description={say.cancelling.description(formatPeriod(job.period))}
      action={say.cancelling.action}
      open={open}
      onOpenChange={setOpen}
      onClosed={onClose}
      onConfirm={() => cancel.mutate(job.id, { onSuccess: () => setOpen(false) })}
      isBusy={cancel.isPending}
    >
      {cancel.error !== null && (
        <Alert title={troubleOf(cancel.error).title}>{troubleOf(cancel.error).detail}</Alert>
      )}
    </ConfirmDialog>
  );
}
