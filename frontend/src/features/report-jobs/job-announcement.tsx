import type { ReportJob } from "@/features/report-jobs/api";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

const STEP = 25;

/**
 * What a screen reader says of the progress: each change of status and each quarter, since a
 * region that speaks at every line is one that people turn off.
 */
export function JobAnnouncement({ job }: { job: ReportJob }) {
  const quarter = Math.floor(job.progressPercent / STEP) * STEP;
  const percent = job.status === "Processing" && quarter > 0 ? quarter : undefined;
  const title = words.job.title(formatPeriod(job.period));
  return (
    <p role="status" className="sr-only">
      {words.job.announce(title, words.job.status[job.status], percent)}
    </p>
  );
}
