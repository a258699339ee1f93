import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";

import { buttonLooks } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { words } from "@/words";

export const DialogTrigger = Base.Trigger;
export const DialogClose = Base.Close;

/** Where the focus goes as it opens and closes, if not to the first control and back. */
export type FocusMoves = Pick<Base.Popup.Props, "initialFocus" | "finalFocus">;

interface Props extends Pick<Base.Root.Props, "open" | "onOpenChange" | "onOpenChangeComplete"> {
  title: string;
  description?: ReactNode;
  /** A `DialogTrigger`; without one, `open` and `onOpenChange` say when it shows. */
  trigger?: ReactNode;
  focus?: FocusMoves;
  className?: string;
  children: ReactNode;
}

/** A question in front of the page; Esc and the cross close it, the focus goes back. */
export function Dialog({
  title,
  description,
  trigger,
  focus,
  className,
  children,
  ...root
}: Props) {
  return (
    <Base.Root {...root}>
      {trigger}
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Base.Popup
          {...focus}
          data-modal=""
          className={cn(
            "fixed top-1/2 left-1/2 z-50 grid max-h-[90dvh] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 gap-4 overflow-y-auto rounded-xl border bg-card p-5 shadow-lg outline-none",
            className,
          )}
        >
          <div className="grid gap-1 pr-8">
            <Base.Title className="text-lg font-semibold">{title}</Base.Title>
            {description !== undefined && (
              <Base.Description className="text-sm text-muted-foreground" render={<div />}>
                {description}
              </Base.Description>
            )}
          </div>
          <Base.Close
            aria-label={words.close}
            className={buttonLooks({
              variant: "ghost",
              size: "icon",
              className: "absolute top-3 right-3",
            })}
          >
            <X aria-hidden />
          </Base.Close>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The buttons at the foot of a dialog; the one that goes on stands last. */
export function DialogFooter({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2">{children}</div>;
}
