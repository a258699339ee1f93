import { Switch as Base } from "@base-ui/react/switch";

import { cn } from "@/lib/cn";

type Props = Base.Root.Props & { className?: string };

/** On or off, at once. Give it an `aria-label`, or stand it inside a `label`. */
export function Switch({ className, ...props }: Props) {
  return (
    <Base.Root
      className={cn(
        "inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-input bg-track p-0.5 data-checked:border-primary data-checked:bg-primary data-disabled:opacity-60",
        className,
      )}
      {...props}
    >
      <Base.Thumb className="size-4.5 rounded-full bg-muted-foreground data-checked:translate-x-4 data-checked:bg-primary-foreground motion-safe:transition-transform" />
    </Base.Root>
  );
}
