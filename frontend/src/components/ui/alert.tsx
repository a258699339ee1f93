import { cva, type VariantProps } from "class-variance-authority";
import { CircleAlert, Info } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "@/lib/cn";

const looks = cva(
  "flex w-full flex-wrap items-start gap-x-3 gap-y-2 rounded-md border p-3 text-sm",
  {
    variants: {
      tone: {
        bad: "border-destructive/40 bg-destructive/10 text-destructive",
        info: "border-border bg-muted text-foreground",
      },
    },
    defaultVariants: { tone: "bad" },
  },
);

type Props = VariantProps<typeof looks> & {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
};

/** A message that a screen reader says at once. */
export function Alert({ title, children, action, tone }: Props) {
  const Icon = tone === "info" ? Info : CircleAlert;
  return (
    <div role={tone === "info" ? "status" : "alert"} className={cn(looks({ tone }))}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1 wrap-anywhere">
        <p className="font-medium">{title}</p>
        {children !== undefined && <div className="text-foreground">{children}</div>}
      </div>
      {action}
    </div>
  );
}
