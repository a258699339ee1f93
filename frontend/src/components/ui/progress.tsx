import { Progress as Base } from "@base-ui/react/progress";

import { cn } from "@/lib/cn";

interface Props {
  /** 0 to 100. */
  value: number;
  label: string;
  /** Nothing will change any more. */
  isOver?: boolean;
}

export function Progress({ value, label, isOver = false }: Props) {
  return (
    <Base.Root value={value} aria-label={label} className="flex items-center gap-3">
      <Base.Track className="h-2 flex-1 overflow-hidden rounded-full bg-track">
        <Base.Indicator
          className={cn(
            "h-full rounded-full motion-safe:transition-[width] motion-safe:duration-300",
            isOver && value < 100 ? "bg-muted-foreground" : "bg-primary",
          )}
        />
      </Base.Track>
      <Base.Value className="w-11 text-right text-sm tabular-nums" />
    </Base.Root>
  );
}
