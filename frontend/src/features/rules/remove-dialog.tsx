import { useState, type RefObject } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { useToasts } from "@/components/ui/toast";
import type { Rule } from "@/features/rules/api";
import { useRemoveRule, useRestoreRule } from "@/features/rules/use-rules";
import { words } from "@/words";

interface Props {
  rule: Rule;
  onClose: () => void;
  /** The row has gone by then. */
  focusAfter: RefObject<HTMLElement | null>;
}

/** Asks, deletes, and offers the way back. */
export function RemoveDialog({ rule, onClose, focusAfter }: Props) {
  const remove = useRemoveRule();
  const offerUndo = useUndo(rule);
  const [open, setOpen] = useState(true);
  const { title, description } = words.rules.removing;

  function confirm(): void {
    remove.mutate(rule.id, {
      onSuccess: () => {
        offerUndo();
        setOpen(false);
      },
    });
  }

  return (
    <ConfirmDialog
      title={title(rule.title)}
      description={description}
      action={words.rules.remove}
      open={open}
      onOpenChange={setOpen}
      onClosed={onClose}
      onConfirm={confirm}
      isBusy={remove.isPending}
      finalFocus={() => (remove.isSuccess ? focusAfter.current : true)}
    >
      {remove.error !== null && (
        <Alert title={troubleOf(remove.error).title}>{troubleOf(remove.error).detail}</Alert>
      )}
    </ConfirmDialog>
  );
}

function useUndo(rule: Rule): () => void {
  const toasts = useToasts();
  const restore = useRestoreRule();
  const { done, restored, notRestored } = words.rules.removing;
  return () => {
    const id = toasts.add({
      title: done(rule.title),
      actionProps: {
        children: words.undo,
        onClick: () => {
          toasts.close(id);
          restore.mutateAsync(rule).then(
            () => toasts.add({ title: restored }),
            (error: unknown) =>
              toasts.add({ title: notRestored, description: troubleOf(error).detail }),
          );
        },
      },
    });
  };
}
