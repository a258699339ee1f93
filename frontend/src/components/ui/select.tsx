import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";

import { inputLooks } from "@/components/ui/input";
import { cn } from "@/lib/cn";

/** The browser's own: it works with every reader, keyboard and telephone. */
export function Select({ className, ...props }: ComponentProps<"select">) {
  return (
    <span className={cn("relative inline-grid", className)}>
      <select className={inputLooks("appearance-none pr-9")} {...props} />
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted-foreground"
      />
    </span>
  );
}
