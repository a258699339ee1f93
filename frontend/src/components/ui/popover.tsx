import { Popover as Base } from "@base-ui/react/popover";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

export const PopoverTrigger = Base.Trigger;

interface Props extends Pick<Base.Root.Props, "open" | "onOpenChange"> {
  /** A `PopoverTrigger`; without one, `open` and `anchor` say when and where it shows. */
  trigger?: ReactNode;
  /** What it is about, when there is no trigger; the focus goes back there. */
  anchor?: Element | null;
  title: string;
  className?: string;
  children: ReactNode;
}

/** More about one thing, beside it, at a press. */
export function Popover({ trigger, anchor, title, className, children, ...root }: Props) {
  const back = anchor instanceof HTMLElement ? { finalFocus: () => anchor } : {};
  return (
    <Base.Root {...root}>
      {trigger}
      <Base.Portal>
        <Base.Positioner
          sideOffset={6}
          collisionPadding={12}
          className="z-30"
          {...(anchor === undefined ? {} : { anchor })}
        >
          <Base.Popup
            {...back}
            className={cn(
              "grid max-w-[min(24rem,calc(100vw-2rem))] gap-2 rounded-lg border bg-card p-4 text-sm shadow-lg outline-none",
              className,
            )}
          >
            <Base.Title className="font-medium">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
