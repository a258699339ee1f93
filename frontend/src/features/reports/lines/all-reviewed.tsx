import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";
import { words } from "@/words";

interface Props {
  /** At the foot of the window, in sight wherever the person is. */
  isAtFoot?: boolean;
  /** What comes then. */
  children: ReactNode;
}

/** No line needs a look any more, and what comes then. */
export function AllReviewed({ isAtFoot = false, children }: Props) {
  const { allReviewed, allReviewedHint } = words.review;
  return (
    <div
      role="status"
      data-foot-bar={isAtFoot ? "" : undefined}
      className={cn("rounded-xl bg-card", isAtFoot && "sticky bottom-3 z-20 shadow-lg")}
    >
      <div className="flex flex-wrap items-center gap-3 rounded-xl border border-success/40 bg-success/10 p-3">
        <CircleCheck aria-hidden className="size-5 shrink-0 text-success" />
        <div className="min-w-48 flex-1">
          <p className="font-medium">{allReviewed}</p>
          <p className="text-sm">{allReviewedHint}</p>
        </div>
        {children}
      </div>
    </div>
  );
}
