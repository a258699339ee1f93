import { ChevronLeft, ChevronRight } from "lucide-react";

import { Button } from "@/components/ui/button";
import { words } from "@/words";

interface Props {
  page: number;
  pageSize: number;
  totalCount: number;
  onPage: (page: number) => void;
}

/** Which part of a long list stands here, and the way to the others; nothing where it is whole. */
export function Pager({ page, pageSize, totalCount, onPage }: Props) {
  const last = Math.ceil(totalCount / pageSize);
  if (last <= 1 && page === 1) {
    return null;
  }
  const first = (page - 1) * pageSize + 1;
  return (
    <nav aria-label={words.pager.label} className="flex items-center justify-end gap-2 text-sm">
      <span role="status" className="mr-2 text-muted-foreground tabular-nums">
        {words.pager.range(
          Math.min(first, totalCount),
          Math.min(page * pageSize, totalCount),
          totalCount,
        )}
      </span>
      <Button
        variant="outline"
        size="icon"
        aria-label={words.pager.before}
        disabled={page <= 1}
        focusableWhenDisabled
        onClick={() => onPage(page - 1)}
      >
        <ChevronLeft aria-hidden />
      </Button>
      <Button
        variant="outline"
        size="icon"
        aria-label={words.pager.after}
        disabled={page >= last}
        focusableWhenDisabled
        onClick={() => onPage(page + 1)}
      >
        <ChevronRight aria-hidden />
      </Button>
    </nav>
  );
}
