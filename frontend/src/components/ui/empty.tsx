import type { ReactNode } from "react";

import { Card } from "@/components/ui/card";

interface Props {
  title: string;
  hint?: ReactNode;
  /** "h1" where nothing else names the page. */
  heading?: "h1" | "h2";
  /** The next step. */
  children?: ReactNode;
}

/** Nothing is here yet, and what to do about it. */
export function Empty({ title, hint, heading: Heading = "h2", children }: Props) {
  return (
    <Card className="grid justify-items-center gap-3 py-12 text-center">
      <Heading className="text-lg font-semibold">{title}</Heading>
      {hint !== undefined && <p className="max-w-prose text-muted-foreground">{hint}</p>}
      {children}
    </Card>
  );
}
