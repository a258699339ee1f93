import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { FocusMoves } from "@/components/ui/dialog";
import type { Report } from "@/features/reports/api";
import { useDeleteReport, useReopenReport } from "@/features/reports/use-report-changes";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  report: Report;
  open: boolean;
  onClose: () => void;
  onChanged: () => void;
  finalFocus: FocusMoves["finalFocus"];
}

/** Asks before a submitted report becomes a draft again. */
export function ReopenDialog(props: Props) {
  const { report, open, onClose, onChanged, finalFocus } = props;
  const { mutate, error, isPending, reset } = useReopenReport(report.id, onChanged);
  const { title, hint, action } = words.report.reopen;
  function close(): void {
    reset();
    onClose();
  }
  return (
    <ConfirmDialog
      {...{ open, action }}
      title={title(formatPeriod(report.period))}
      description={hint}
      isHarmless
      isBusy={isPending}
      finalFocus={finalFocus}
      onOpenChange={(isOpen) => !isOpen && close()}
      onConfirm={() => mutate(undefined, { onSuccess: close })}
    >
      <Refusal error={error} />
    </ConfirmDialog>
  );
}

/** Asks before a draft is thrown away. */
export function DeleteDialog(props: Props & { onDeleted: () => void }) {
  const { report, open, onClose, onChanged, finalFocus, onDeleted } = props;
  const { mutate, error, isPending, reset } = useDeleteReport(report.id, onChanged);
  const { title, hint, action } = words.report.delete;
  function close(): void {
    reset();
    onClose();
  }
  return (
    <ConfirmDialog
      {...{ open, action }}
      title={title(formatPeriod(report.period))}
      description={hint}
      isBusy={isPending}
      finalFocus={finalFocus}
      onOpenChange={(isOpen) => !isOpen && close()}
      onConfirm={() => mutate(undefined, { onSuccess: onDeleted })}
    >
      <Refusal error={error} />
    </ConfirmDialog>
  );
}

function Refusal({ error }: { error: Error | null }) {
  if (error === null) {
    return null;
  }
  const { title, detail } = troubleOf(error);
  return <Alert title={title}>{detail}</Alert>;
}
