import { Skeleton } from "@/components/ui/skeleton";
import { words } from "@/words";

/** Where the cards of a list will stand. */
export function ListSkeleton() {
  return (
    <div className="grid gap-3">
      <Skeleton className="h-20" label={words.loading} />
      <Skeleton className="h-20" />
      <Skeleton className="h-20" />
    </div>
  );
}
