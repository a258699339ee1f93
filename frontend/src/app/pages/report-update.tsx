import { Link } from "@tanstack/react-router";
import { useEffect, useRef, type RefObject } from "react";

import { troubleOf } from "@/api/problems";
import type { ReportUpdate } from "@/app/pages/use-report-update";
import { Alert } from "@/components/ui/alert";
import { Button, buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ReportGenerationProgress } from "@/features/report-jobs/report-generation-progress";
import type { Report } from "@/features/reports/api";
import { words } from "@/words";

interface Props {
  report: Report;
  update: ReportUpdate;
  /** Takes the focus when what was seen is put away. */
  heading: RefObject<HTMLElement | null>;
}

/** The report being made anew: how far that is, what it means for this one, why it was refused. */
export function ReportUpdateState({ report, update, heading }: Props) {
  const { jobId, error, madeReportId } = update;
  return (
    <>
      {error !== null && <Refusal error={error} onShow={update.watch} />}
      {jobId !== null && <Progress key={jobId} {...{ jobId, report, update, heading }} />}
      {madeReportId !== undefined && madeReportId !== report.id && (
        <OtherReport reportId={madeReportId} />
      )}
    </>
  );
}

function Progress({ jobId, report, update, heading }: Props & { jobId: string }) {
  const place = useRef<HTMLDivElement>(null);
  const isBegunHere = useRef(update.isBegunHere);
  // The menu that was pressed has closed: who uses the keyboard goes on from what it began.
  useEffect(() => {
    if (isBegunHere.current) {
      place.current?.focus();
    }
  }, []);
  return (
    <Card>
      <div ref={place} tabIndex={-1} className="grid gap-3">
        <ReportGenerationProgress jobId={jobId} onComplete={update.complete} />
        {update.madeReportId === undefined ? (
          <p className="text-sm text-muted-foreground">{words.report.update.hint[report.status]}</p>
        ) : (
          <Button
            variant="outline"
            size="sm"
            className="justify-self-start"
            onClick={() => {
              update.dismiss();
              heading.current?.focus();
            }}
          >
            {words.dismiss}
          </Button>
        )}
      </div>
    </Card>
  );
}

function OtherReport({ reportId }: { reportId: string }) {
  const { otherReport, openOther } = words.report.update;
  return (
    <Alert
      tone="info"
      title={otherReport}
      action={
        <Link
          to="/reports/$reportId"
          params={{ reportId }}
          className={buttonLooks({ variant: "outline", size: "sm" })}
        >
          {openOther}
        </Link>
      }
    />
  );
}

function Refusal({ error, onShow }: { error: Error; onShow: (jobId: string) => void }) {
  const { title, detail, existingJobId } = troubleOf(error);
  const action = existingJobId !== undefined && (
    <Button variant="outline" size="sm" onClick={() => onShow(existingJobId)}>
      {words.report.update.running}
    </Button>
  );
  return (
    <Alert title={title} action={action}>
      {detail}
    </Alert>
  );
}
