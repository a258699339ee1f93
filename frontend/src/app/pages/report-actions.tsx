import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Ellipsis, History, List, RefreshCw, RotateCcw, Send, Trash2 } from "lucide-react";

import { useAsk } from "@/app/pages/use-ask";
import type { ReportUpdate } from "@/app/pages/use-report-update";
import { Button, buttonLooks } from "@/components/ui/button";
import { Menu, MenuItem, MenuLink, MenuTrigger } from "@/components/ui/menu";
import { Tooltip } from "@/components/ui/tooltip";
import { totalsQuery, type Report } from "@/features/reports/api";
import { canDelete, canExportJournal, canReopen, canSubmit } from "@/features/reports/can";
import { ExportMenu } from "@/features/reports/export-menu";
import type { Question } from "@/features/reports/search";
import type { Download } from "@/features/reports/use-download";
import { words } from "@/words";

interface Props {
  report: Report;
  download: Download;
  update: ReportUpdate;
}

/** What can be done with the report as it stands; the way on stands first. */
export function ReportActions({ report, download, update }: Props) {
  const { data: totals } = useQuery(totalsQuery(report.id));
  const onAsk = useAsk();
  const isSubmitted = canReopen(report).isAllowed;
  return (
    <>
      {isSubmitted ? (
        <Button variant="outline" onClick={() => onAsk("reopen")}>
          <RotateCcw aria-hidden />
          {words.report.actions.reopen}
        </Button>
      ) : (
        <SubmitButton {...{ report, onAsk }} />
      )}
      <ExportMenu
        reportId={report.id}
        download={download}
        journal={canExportJournal(totals)}
        variant={isSubmitted ? "default" : "outline"}
      />
      <MoreMenu {...{ report, update, onAsk }} />
    </>
  );
}

interface AskProps {
  report: Report;
  onAsk: (question: Question) => void;
}

function SubmitButton({ report, onAsk }: AskProps) {
  const permit = canSubmit(report);
  const button = (
    <Button disabled={!permit.isAllowed} focusableWhenDisabled onClick={() => onAsk("submit")}>
      <Send aria-hidden />
      {words.report.actions.submit}
    </Button>
  );
  return permit.isAllowed ? button : <Tooltip text={permit.reason}>{button}</Tooltip>;
}

function MoreMenu({ report, update, onAsk }: AskProps & { update: ReportUpdate }) {
  const { more, update: bring, reportRest, howMade, transactions } = words.report.actions;
  const isDraft = canDelete(report).isAllowed;
  const canUpdate = isDraft || update.left > 0;
  return (
    <Menu
      trigger={
        <MenuTrigger
          aria-label={more}
          className={buttonLooks({ variant: "outline", size: "icon" })}
        >
          <Ellipsis aria-hidden />
        </MenuTrigger>
      }
    >
      {canUpdate && (
        <MenuItem disabled={update.isStarting} onClick={update.start}>
          <RefreshCw aria-hidden />
          {isDraft ? bring : reportRest}
        </MenuItem>
      )}
      <MenuLink render={<Link to="/transactions" search={{ period: report.period }} />}>
        <List aria-hidden />
        {transactions}
      </MenuLink>
      {report.jobId !== null && (
        <MenuLink render={<Link to="/jobs/$jobId" params={{ jobId: report.jobId }} />}>
          <History aria-hidden />
          {howMade}
        </MenuLink>
      )}
      {isDraft && (
        <MenuItem className="text-destructive" onClick={() => onAsk("delete")}>
          <Trash2 aria-hidden />
          {words.report.actions.delete}
        </MenuItem>
      )}
    </Menu>
  );
}
