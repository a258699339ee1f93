import { AlertDialog as Base } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";

import { Button, buttonLooks } from "@/components/ui/button";
import { DialogFooter, type FocusMoves } from "@/components/ui/dialog";
import { words } from "@/words";

interface Props {
  title: string;
  description: ReactNode;
  /** What is done when the person agrees: the name of the button. */
  action: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Told when it is out of sight. */
  onClosed?: () => void;
  onConfirm: () => void;
  isBusy?: boolean;
  /** For what destroys nothing. */
  isHarmless?: boolean;
  finalFocus?: FocusMoves["finalFocus"];
  /** What went wrong when it was tried. */
  children?: ReactNode;
}

/** Asks before something that takes effort to undo. The safe answer has the focus. */
export function ConfirmDialog({ title, description, action, children, ...props }: Props) {
  return (
    <Base.Root
      open={props.open}
      onOpenChange={props.onOpenChange}
      onOpenChangeComplete={(isOpen) => !isOpen && props.onClosed?.()}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Base.Popup
          data-modal=""
          {...(props.finalFocus === undefined ? {} : { finalFocus: props.finalFocus })}
          className="fixed top-1/2 left-1/2 z-50 grid w-[calc(100vw-2rem)] max-w-md -translate-x-1/2 -translate-y-1/2 gap-4 rounded-xl border bg-card p-5 shadow-lg outline-none"
        >
          <Base.Title className="text-lg font-semibold">{title}</Base.Title>
          <Base.Description className="text-sm" render={<div />}>
            {description}
          </Base.Description>
          {children}
          <DialogFooter>
            <Base.Close className={buttonLooks({ variant: "outline" })}>{words.keep}</Base.Close>
            <Button
              variant={props.isHarmless === true ? "default" : "destructive"}
              disabled={props.isBusy ?? false}
              onClick={props.onConfirm}
            >
              {action}
            </Button>
          </DialogFooter>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
