import type { ReactNode } from "react";

import { Card } from "@/components/ui/card";

interface Props {
  title: string;
  hint?: ReactNode;
  /** The next step. */
  children?: ReactNode;
}

/** Nothing is here yet, and what to do about it. */
export function Empty({ title, hint, children }: Props) {
  return (
    <Card className="grid justify-items-center gap-3 py-12 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      {hint !== undefined && <p className="max-w-prose text-muted-foreground">{hint}</p>}
      {children}
    </Card>
  );
}
