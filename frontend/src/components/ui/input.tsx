import { Input as Base } from "@base-ui/react/input";
import type { ComponentProps } from "react";

import { cn } from "@/lib/cn";

const LOOK =
  "w-full min-w-0 rounded-md border border-input bg-card px-3 text-sm placeholder:text-muted-foreground disabled:opacity-60 aria-invalid:border-destructive data-invalid:border-destructive";

/** The classes of an input, for what looks like one. */
export function inputLooks(className?: string): string {
  return cn(LOOK, "h-10", className);
}

export function Input({ className, ...props }: Base.Props & { className?: string }) {
  return <Base className={inputLooks(className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<"textarea">) {
  return <textarea className={cn(LOOK, "min-h-20 py-2", className)} {...props} />;
}
