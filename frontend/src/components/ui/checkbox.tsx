import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check, Minus } from "lucide-react";

import { cn } from "@/lib/cn";

type Props = Base.Root.Props & { className?: string };

/** Give it an `aria-label`, or stand it inside a `label`. */
export function Checkbox({ className, ...props }: Props) {
  return (
    <Base.Root
      className={cn(
        "inline-flex size-5 shrink-0 items-center justify-center rounded border border-input bg-card data-checked:border-primary data-checked:bg-primary data-indeterminate:border-primary data-indeterminate:bg-primary data-disabled:opacity-60",
        className,
      )}
      {...props}
    >
      <Base.Indicator className="text-primary-foreground [&_svg]:size-4">
        {props.indeterminate === true ? <Minus aria-hidden /> : <Check aria-hidden />}
      </Base.Indicator>
    </Base.Root>
  );
}
