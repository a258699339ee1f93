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
  const change = useReopenReport(props.report.id, props.onChanged);
  return <Confirm {...props} {...{ change }} says={words.report.reopen} isHarmless />;
}

/** Asks before a draft is thrown away. */
export function DeleteDialog({ onDeleted, ...props }: Props & { onDeleted: () => void }) {
  const change = useDeleteReport(props.report.id, props.onChanged);
  return <Confirm {...props} {...{ change, onDone: onDeleted }} says={words.report.delete} />;
}

interface ConfirmProps extends Props {
  change: ReturnType<typeof useReopenReport> | ReturnType<typeof useDeleteReport>;
  says: { title: (period: string) => string; hint: string; action: string };
  isHarmless?: boolean;
  /** In place of closing the question. */
  onDone?: () => void;
}

function Confirm({ report, open, onClose, change, says, onDone, ...props }: ConfirmProps) {
  const { mutate, error, isPending, reset } = change;
  function close(): void {
    reset();
    onClose();
  }
  return (
    <ConfirmDialog
      open={open}
      title={says.title(formatPeriod(report.period))}
      description={says.hint}
      action={says.action}
      isHarmless={props.isHarmless ?? false}
      isBusy={isPending}
      finalFocus={props.finalFocus}
      onOpenChange={(isOpen) => !isOpen && close()}
      onConfirm={() => mutate(undefined, { onSuccess: onDone ?? close })}
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
