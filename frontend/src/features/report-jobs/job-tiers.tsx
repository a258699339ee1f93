import { useId } from "react";

import type { ReportJob } from "@/features/report-jobs/api";
import { cn } from "@/lib/cn";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

type Tier = keyof ReportJob["tiers"];

/** In the order in which a line is offered to them. */
const TIERS: readonly { tier: Tier; colour: string }[] = [
  { tier: "rule", colour: "bg-[light-dark(#0f766e,#5fd0c3)]" },
  { tier: "memory", colour: "bg-[light-dark(#2563a8,#7fb6f0)]" },
  { tier: "similar", colour: "bg-[light-dark(#7a4fb0,#c3a2ee)]" },
  { tier: "model", colour: "bg-[light-dark(#b3530e,#f2a66b)]" },
  { tier: "manual", colour: "bg-[light-dark(#8a7400,#e5d052)]" },
];

/** Who settled how many lines, as a bar and in words; the bar is as long as the whole month. */
export function JobTiers({ job }: { job: ReportJob }) {
  const heading = useId();
  const { title, meaning } = words.job.tiers;
  return (
    <section aria-labelledby={heading} className="grid gap-4">
      <h2 id={heading} className="text-lg font-semibold">
        {title}
      </h2>
      <div aria-hidden className="flex h-3 gap-px overflow-hidden rounded-full bg-track">
        {TIERS.filter(({ tier }) => job.tiers[tier] > 0).map(({ tier, colour }) => (
          <div key={tier} className={colour} style={{ width: share(job, tier) }} />
        ))}
      </div>
      <ul className="grid gap-3">
        {TIERS.map(({ tier, colour }) => (
          <li key={tier} className="grid grid-cols-[auto_1fr_auto] items-baseline gap-x-3">
            <span aria-hidden className={cn("size-3 rounded-sm", colour)} />
            <span className="font-medium">{words.job.tiers.name[tier]}</span>
            <span className="text-right font-medium tabular-nums">
              {formatCount(job.tiers[tier])}
            </span>
            <span className="col-start-2 text-sm text-muted-foreground">{meaning[tier]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function share(job: ReportJob, tier: Tier): string {
  return `${(100 * job.tiers[tier]) / Math.max(1, job.totalLines)}%`;
}
