import { Popover as Base } from "@base-ui/react/popover";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

export const PopoverTrigger = Base.Trigger;

interface Props {
  /** A `PopoverTrigger`. */
  trigger: ReactNode;
  title: string;
  className?: string;
  children: ReactNode;
}

/** More about one thing, beside it, at a press. */
export function Popover({ trigger, title, className, children }: Props) {
  return (
    <Base.Root>
      {trigger}
      <Base.Portal>
        <Base.Positioner sideOffset={6} collisionPadding={12} className="z-30">
          <Base.Popup
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
