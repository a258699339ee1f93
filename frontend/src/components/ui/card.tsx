import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

export function Card({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      className={cn(
        "rounded-xl border bg-card p-4 text-card-foreground shadow-xs sm:p-5",
        className,
      )}
      {...props}
    />
  );
}
