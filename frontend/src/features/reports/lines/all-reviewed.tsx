import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";

import { words } from "@/words";

/** The flagged lines are done, and what comes then. */
export function AllReviewed({ children }: { children: ReactNode }) {
  const { allReviewed, allReviewedHint } = words.review;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-3 rounded-xl border border-success/40 bg-success/10 p-4"
    >
      <CircleCheck aria-hidden className="size-5 shrink-0 text-success" />
      <div className="min-w-48 flex-1">
        <p className="font-medium">{allReviewed}</p>
        <p className="text-sm">{allReviewedHint}</p>
      </div>
      {children}
    </div>
  );
}
