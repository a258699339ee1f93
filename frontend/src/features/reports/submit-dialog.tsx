import { useQuery } from "@tanstack/react-query";
import { useRef, type RefObject } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogFooter, type FocusMoves } from "@/components/ui/dialog";
import { totalsQuery, type Report } from "@/features/reports/api";
import { withoutAccount } from "@/features/reports/can";
import { LeftToReview } from "@/features/reports/left-to-review";
import { totalsInWords } from "@/features/reports/report-facts";
import { useSubmitReport } from "@/features/reports/use-report-changes";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  report: Report;
  open: boolean;
  onClose: () => void;
  /** The person goes and looks at what is left. */
  onReview: () => void;
  onChanged: () => void;
  finalFocus: FocusMoves["finalFocus"];
}

/** The last look before a report is frozen: what it holds, what is left, what cannot be done then. */
export function SubmitDialog({ report, open, onClose, onReview, onChanged, finalFocus }: Props) {
  const submit = useSubmitReport(report.id, onChanged);
  const goOn = useRef<HTMLButtonElement>(null);
  const { title, holds, after } = words.report.submit;

  function close(): void {
    submit.reset();
    onClose();
  }

  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && close()}
      title={title(formatPeriod(report.period))}
      description={`${holds(report.lineCount, totalsInWords(report))} ${after}`}
      focus={{ initialFocus: goOn, finalFocus }}
    >
      {report.needsReviewCount > 0 && <LeftToReview report={report} />}
      <WithoutAccount reportId={report.id} />
      {submit.error !== null && (
        <Alert title={troubleOf(submit.error).title}>{troubleOf(submit.error).detail}</Alert>
      )}
      <Answers
        left={report.needsReviewCount}
        isBusy={submit.isPending}
        goOn={goOn}
        onCancel={close}
        onReview={onReview}
        onSubmit={() => submit.mutate(report.needsReviewCount > 0, { onSuccess: close })}
      />
    </Dialog>
  );
}

function WithoutAccount({ reportId }: { reportId: string }) {
  const { data } = useQuery(totalsQuery(reportId));
  const count = data === undefined ? 0 : withoutAccount(data);
  return (
    count > 0 && <p className="text-sm text-warning">{words.report.submit.noAccount(count)}</p>
  );
}

interface AnswerProps {
  left: number;
  isBusy: boolean;
  /** The safe way on: review while there is something to review, else submit. */
  goOn: RefObject<HTMLButtonElement | null>;
  onCancel: () => void;
  onReview: () => void;
  onSubmit: () => void;
}

function Answers({ left, isBusy, goOn, onCancel, onReview, onSubmit }: AnswerProps) {
  const { reviewFirst, withUnreviewed, submit, busy } = words.report.submit;
  if (left > 0) {
    return (
      <DialogFooter>
        <Button variant="outline" disabled={isBusy} onClick={onSubmit}>
          {isBusy ? busy : withUnreviewed(left)}
        </Button>
        <Button ref={goOn} onClick={onReview}>
          {reviewFirst}
        </Button>
      </DialogFooter>
    );
  }
  return (
    <DialogFooter>
      <Button variant="outline" onClick={onCancel}>
        {words.cancel}
      </Button>
      <Button ref={goOn} disabled={isBusy} onClick={onSubmit}>
        {isBusy ? busy : submit}
      </Button>
    </DialogFooter>
  );
}
