import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement } from "react";

interface Props {
  /** Must not be needed to understand the page: a touch screen never shows it. */
  text: string;
  children: ReactElement;
}

export function Tooltip({ text, children }: Props) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} className="z-50">
          <Base.Popup className="max-w-xs rounded-md bg-foreground px-2.5 py-1.5 text-xs text-background shadow-md">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
