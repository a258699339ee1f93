import { useState } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Dialog, DialogClose, DialogFooter } from "@/components/ui/dialog";
import { Button, buttonLooks } from "@/components/ui/button";
import type { Rule, RuleApplied } from "@/features/rules/api";
import { useApplyRule } from "@/features/rules/use-rules";
import { words } from "@/words";

interface Props {
  rule: Rule;
  onApplied: () => void;
  onClose: () => void;
}

/** Asks, applies a rule to all drafts, and says what became of the lines. */
export function ApplyDialog({ rule, onApplied, onClose }: Props) {
  const apply = useApplyRule();
  const [open, setOpen] = useState(true);
  const { title, doneTitle, description, action, done } = words.rules.applying;
  return (
    <Dialog
      title={apply.data === undefined ? title(rule.title) : doneTitle(rule.title)}
      description={apply.data === undefined ? description : undefined}
      open={open}
      onOpenChange={setOpen}
      onOpenChangeComplete={(isOpen) => !isOpen && onClose()}
    >
      {apply.error !== null && (
        <Alert title={troubleOf(apply.error).title}>{troubleOf(apply.error).detail}</Alert>
      )}
      <div role="status">{apply.data && <Applied result={apply.data} />}</div>
      <DialogFooter>
        <DialogClose className={buttonLooks({ variant: "outline" })}>
          {apply.data === undefined ? words.keep : done}
        </DialogClose>
        {apply.data === undefined && (
          <Button
            disabled={apply.isPending}
            focusableWhenDisabled
            onClick={() => apply.mutate(rule.id, { onSuccess: onApplied })}
          >
            {action}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  );
}

const KEPT = ["alreadySo", "keptEdited", "keptSubmitted", "keptByEarlierRule"] as const;

function Applied({ result }: { result: RuleApplied }) {
  const say = words.rules.applying;
  if (result.matched === 0) {
    return <p>{say.none}</p>;
  }
  return (
    <ul className="grid gap-1 text-sm">
      <li className="font-medium">{say.changed(result.changed)}</li>
      {KEPT.filter((fate) => result[fate] > 0).map((fate) => (
        <li key={fate}>{say[fate](result[fate])}</li>
      ))}
    </ul>
  );
}
