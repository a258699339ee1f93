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
import { useIsChanging, useLeft } from "@/features/reports/use-left";
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
  const isChanging = useIsChanging(report);
  const left = useLeft(report);
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
      <p role="status" className="text-sm empty:hidden">
        {isChanging && words.report.submit.waits}
      </p>
      {left > 0 && !isChanging && <LeftToReview reportId={report.id} count={left} />}
      <WithoutAccount reportId={report.id} />
      {submit.error !== null && (
        <Alert title={troubleOf(submit.error).title}>{troubleOf(submit.error).detail}</Alert>
      )}
      <Answers
        left={left}
        isBusy={submit.isPending}
        mustWait={isChanging}
        goOn={goOn}
        onCancel={close}
        onReview={onReview}
        onSubmit={() => submit.mutate(left > 0, { onSuccess: close })}
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
  /** What was decided is not stored yet: the report would be frozen without it. */
  mustWait: boolean;
  /** The safe way on: review while there is something to review, else submit. */
  goOn: RefObject<HTMLButtonElement | null>;
  onCancel: () => void;
  onReview: () => void;
  onSubmit: () => void;
}

function Answers({ left, isBusy, mustWait, goOn, onCancel, onReview, onSubmit }: AnswerProps) {
  const { reviewFirst, withUnreviewed, submit, busy } = words.report.submit;
  const send = { disabled: isBusy || mustWait, focusableWhenDisabled: true, onClick: onSubmit };
  if (left > 0 && !mustWait) {
    return (
      <DialogFooter>
        <Button variant="outline" {...send}>
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
      <Button ref={goOn} {...send}>
        {isBusy ? busy : submit}
      </Button>
    </DialogFooter>
  );
}
