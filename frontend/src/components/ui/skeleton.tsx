import { cn } from "@/lib/cn";

/** Where something will stand; it shows only when loading takes long enough to be noticed. */
export function Skeleton({ className, label }: { className?: string; label?: string }) {
  return (
    <div role="status" className={cn("appear-late rounded-md bg-muted", className)}>
      {label !== undefined && <span className="sr-only">{label}</span>}
    </div>
  );
}
