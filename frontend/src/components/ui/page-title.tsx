import type { ReactNode } from "react";

import { useDocumentTitle } from "@/components/ui/use-document-title";

interface Props {
  title: string;
  intro?: ReactNode;
  /** The actions of the page. */
  children?: ReactNode;
}

/** The one `h1` of a page. */
export function PageTitle({ title, intro, children }: Props) {
  useDocumentTitle(title);
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="grid gap-1">
        <h1 className="text-2xl font-semibold">{title}</h1>
        {intro !== undefined && <p className="text-muted-foreground">{intro}</p>}
      </div>
      {children !== undefined && <div className="flex flex-wrap gap-2">{children}</div>}
    </div>
  );
}
