import { Badge } from "@/components/ui/badge";
import type { Standing } from "@/features/periods/next-step";
import { words } from "@/words";

const TONES = {
  new: "neutral",
  running: "active",
  failed: "bad",
  review: "warning",
  ready: "active",
  submitted: "good",
  more: "warning",
  nothing: "neutral",
} as const;

export function StandingBadge({ standing }: { standing: Standing }) {
  const { state } = words.periods;
  const text = "count" in standing ? state[standing.state](standing.count) : state[standing.state];
  return <Badge tone={TONES[standing.state]}>{text}</Badge>;
}
