import {
  CircleCheck,
  CircleSlash,
  CircleStop,
  CircleX,
  Clock,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";

import type { JobStatus } from "@/api/job-statuses";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/lib/cn";
import { words } from "@/words";

const ICONS: Record<JobStatus, { icon: LucideIcon; look: string }> = {
  Pending: { icon: Clock, look: "text-muted-foreground" },
  Processing: { icon: LoaderCircle, look: "text-primary motion-safe:animate-spin" },
  Completed: { icon: CircleCheck, look: "text-success" },
  Failed: { icon: CircleX, look: "text-destructive" },
  Cancelled: { icon: CircleSlash, look: "text-muted-foreground" },
  CancellationRequested: { icon: CircleStop, look: "text-warning" },
};

const TONES = {
  Pending: "neutral",
  Processing: "active",
  Completed: "good",
  Failed: "bad",
  Cancelled: "neutral",
  CancellationRequested: "warning",
} as const;

export function StatusBadge({ status }: { status: JobStatus }) {
  return <Badge tone={TONES[status]}>{words.job.status[status]}</Badge>;
}

/** The status at a glance; the word stands beside it. */
export function StatusIcon({ status }: { status: JobStatus }) {
  const { icon: Icon, look } = ICONS[status];
  return <Icon aria-hidden data-status={status} className={cn("size-5 shrink-0", look)} />;
}
