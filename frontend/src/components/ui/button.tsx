import { Button as BaseButton } from "@base-ui/react/button";
import { cva, type VariantProps } from "class-variance-authority";

import { cn } from "@/lib/cn";

const looks = cva(
  "inline-flex items-center justify-center gap-2 rounded-md text-sm font-medium whitespace-nowrap transition-colors disabled:pointer-events-none disabled:opacity-60 data-disabled:pointer-events-none data-disabled:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        default: "bg-primary text-primary-foreground hover:bg-primary/92",
        destructive: "bg-destructive text-card hover:bg-destructive/85",
        outline: "border border-input bg-card hover:bg-accent",
        ghost: "hover:bg-accent",
        link: "text-link underline-offset-4 underline hover:no-underline",
      },
      size: { default: "h-10 px-4", sm: "h-8 px-3", icon: "size-10", inline: "" },
    },
    defaultVariants: { variant: "default", size: "default" },
  },
);

type Looks = VariantProps<typeof looks>;

/** The classes of a button, for a link that looks like one. */
export function buttonLooks(options: Looks & { className?: string }): string {
  return cn(looks(options));
}

type Props = BaseButton.Props & Looks & { className?: string };

export function Button({ className, variant, size, ...props }: Props) {
  return <BaseButton className={cn(looks({ variant, size }), className)} {...props} />;
}
