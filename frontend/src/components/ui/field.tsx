import { Field as Base } from "@base-ui/react/field";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

interface Props {
  label: string;
  hint?: string;
  /** What is wrong with what was typed. */
  error?: string | undefined;
  className?: string;
  /** An `Input`, or another control of Base UI. */
  children: ReactNode;
}

/** A control with its label, its hint and what is wrong with it, tied together for a reader. */
export function Field({ label, hint, error, className, children }: Props) {
  return (
    <Base.Root
      invalid={error !== undefined}
      className={cn("grid content-start gap-1.5", className)}
    >
      <Base.Label className="text-sm font-medium">{label}</Base.Label>
      {children}
      {hint !== undefined && (
        <Base.Description className="text-sm text-muted-foreground">{hint}</Base.Description>
      )}
      {error !== undefined && (
        <Base.Error match className="text-sm text-destructive">
          {error}
        </Base.Error>
      )}
    </Base.Root>
  );
}
