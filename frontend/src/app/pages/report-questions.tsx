import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useRef, type RefObject } from "react";

import { useToasts } from "@/components/ui/toast";
import { periodKeys } from "@/features/periods/api";
import { reportKeys, type Report } from "@/features/reports/api";
import { canDelete, canReopen, canSubmit } from "@/features/reports/can";
import { DeleteDialog, ReopenDialog } from "@/features/reports/confirm-changes";
import { SubmitDialog } from "@/features/reports/submit-dialog";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

const route = getRouteApi("/reports/$reportId");

interface Props {
  report: Report;
  heading: RefObject<HTMLElement | null>;
}

/** The questions that the address may ask (`?ask=submit`), each where its answer is possible. */
export function ReportQuestions({ report, heading }: Props) {
  const { ask } = route.useSearch();
  const navigate = useNavigate({ from: "/reports/$reportId" });
  const queries = useQueryClient();
  const toasts = useToasts();
  const { finalFocus, leave } = useWayBack(heading, ask !== undefined);
  const onChanged = () => {
    leave();
    void queries.invalidateQueries({ queryKey: periodKeys.all });
  };
  const onClose = () => {
    void navigate({ search: (now) => ({ ...now, ask: undefined }), replace: true });
  };
  const common = { report, finalFocus, onChanged, onClose };

  return (
    <>
      <SubmitDialog
        {...common}
        open={ask === "submit" && canSubmit(report).isAllowed}
        onReview={() => {
          void navigate({ search: { needsReview: true }, replace: true });
        }}
      />
      <ReopenDialog {...common} open={ask === "reopen" && canReopen(report).isAllowed} />
      <DeleteDialog
        {...common}
        open={ask === "delete" && canDelete(report).isAllowed}
        onDeleted={() => {
          toasts.add({ title: words.report.delete.done(formatPeriod(report.period)) });
          void navigate({ to: "/", replace: true }).then(() => {
            queries.removeQueries({ queryKey: reportKeys.report(report.id) });
          });
        }}
      />
    </>
  );
}

/**
 * Where the focus goes when a question closes: back to what asked it. Nothing did when it came with
 * the address, and what did is gone when the report has changed: then it goes on from the heading.
 */
function useWayBack(heading: RefObject<HTMLElement | null>, cameWithAddress: boolean) {
  const isGone = useRef(cameWithAddress);
  return {
    leave: () => {
      isGone.current = true;
    },
    finalFocus: () => {
      const place = isGone.current ? heading.current : true;
      isGone.current = false;
      return place;
    },
  };
}
