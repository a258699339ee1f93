import { Link } from "@tanstack/react-router";
import { Download as DownloadIcon } from "lucide-react";

import { Alert } from "@/components/ui/alert";
import { Button, buttonLooks } from "@/components/ui/button";
import type { Report } from "@/features/reports/api";
import type { Download } from "@/features/reports/use-download";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

/** What comes after submitting: the file, and the other months. */
export function SubmittedNotice({ report, download }: { report: Report; download: Download }) {
  const { done, next } = words.report.submit;
  return (
    <Alert
      tone="info"
      title={done(formatPeriod(report.period))}
      action={
        <span className="flex flex-wrap gap-2">
          <Button
            size="sm"
            disabled={download.making !== undefined}
            onClick={() => download.start(report.id, "pdf")}
          >
            <DownloadIcon aria-hidden />
            {words.palette.onReport.download(words.report.download.pdf)}
          </Button>
          <Link to="/" className={buttonLooks({ variant: "outline", size: "sm" })}>
            {words.palette.onReport.home}
          </Link>
        </span>
      }
    >
      {next}
    </Alert>
  );
}
