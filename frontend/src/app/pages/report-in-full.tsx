import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";

import { troubleOf } from "@/api/problems";
import { ReportActions } from "@/app/pages/report-actions";
import { ReportQuestions } from "@/app/pages/report-questions";
import { ReportUpdateState } from "@/app/pages/report-update";
import { useAsk } from "@/app/pages/use-ask";
import { useReportCommands } from "@/app/pages/use-report-commands";
import { useReportUpdate } from "@/app/pages/use-report-update";
import { Button } from "@/components/ui/button";
import { RetryAlert } from "@/components/ui/retry-alert";
import { accountsQuery, departmentsQuery } from "@/features/chart/api";
import { periodKeys } from "@/features/periods/api";
import { reportKeys, type Report } from "@/features/reports/api";
import { ReportLines } from "@/features/reports/lines/report-lines";
import { ReportHeader } from "@/features/reports/report-header";
import { SubmittedNotice } from "@/features/reports/submitted-notice";
import { ReportTotals } from "@/features/reports/totals/report-totals";
import { useDownload } from "@/features/reports/use-download";
import { words } from "@/words";

/** A report with its header, its totals and its lines. */
export function ReportInFull({ report }: { report: Report }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const download = useDownload();
  const update = useReportUpdate(report);
  const onChanged = useChanged(report.id);
  const navigate = useNavigate({ from: "/reports/$reportId" });
  useReportCommands({ report, download, update });
  const isDone = report.status === "Submitted";

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <ReportHeader report={report} heading={heading}>
        <ReportActions {...{ report, download, update }} />
      </ReportHeader>
      <ReportUpdateState {...{ report, update, heading }} />
      {isDone && <SubmittedNotice {...{ report, download }} />}
      <ReportTotals
        // What is open follows where the report stands, until the person says otherwise.
        key={report.status}
        reportId={report.id}
        isOpen={isDone || report.needsReviewCount === 0}
        onChoose={(kind, code) => {
          void navigate({ search: (now) => ({ ...now, [kind]: code, needsReview: false }) });
        }}
      />
      <Lines {...{ report, onChanged }} />
      <ReportQuestions {...{ report, heading }} />
    </div>
  );
}

/** After an edit the header and the totals are asked for again; the months when they are next seen. */
function useChanged(reportId: string): () => void {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({ queryKey: reportKeys.report(reportId) });
    void queries.invalidateQueries({ queryKey: reportKeys.totals(reportId) });
    void queries.invalidateQueries({ queryKey: reportKeys.left(reportId) });
    void queries.invalidateQueries({ queryKey: periodKeys.all, refetchType: "none" });
  };
}

function Lines({ report, onChanged }: { report: Report; onChanged: () => void }) {
  const ask = useAsk();
  const accounts = useQuery(accountsQuery);
  const departments = useQuery(departmentsQuery);
  const failed = [accounts, departments].find(({ error, data }) => error !== null && !data);
  return (
    <>
      {failed !== undefined && (
        <RetryAlert title={words.report.chartFailed} onRetry={() => void failed.refetch()}>
          {troubleOf(failed.error).title}
        </RetryAlert>
      )}
      <ReportLines
        report={report}
        accounts={accounts.data ?? NONE}
        departments={departments.data ?? NONE}
        onChanged={onChanged}
        nextStep={<Button onClick={() => ask("submit")}>{words.review.submit}</Button>}
      />
    </>
  );
}

/** The same array each time, so that nothing below thinks it has changed. */
const NONE: never[] = [];
