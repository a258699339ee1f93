import { Menu as Base } from "@base-ui/react/menu";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

export const MenuTrigger = Base.Trigger;

const ITEM =
  "flex cursor-default items-center gap-2 rounded-md px-3 py-2 text-sm outline-none select-none data-disabled:opacity-60 data-highlighted:bg-accent [&_svg]:size-4 [&_svg]:shrink-0";

interface Props {
  /** A `MenuTrigger`. */
  trigger: ReactNode;
  children: ReactNode;
}

export function Menu({ trigger, children }: Props) {
  return (
    <Base.Root>
      {trigger}
      <Base.Portal>
        <Base.Positioner sideOffset={6} collisionPadding={12} align="end" className="z-30">
          <Base.Popup className="min-w-44 rounded-lg border bg-card p-1 shadow-lg outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({ className, ...props }: Base.Item.Props & { className?: string }) {
  return <Base.Item className={cn(ITEM, className)} {...props} />;
}

export function MenuLink({ className, ...props }: Base.LinkItem.Props & { className?: string }) {
  return <Base.LinkItem className={cn(ITEM, className)} {...props} />;
}
