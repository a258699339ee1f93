import { Bot, Hourglass, PlugZap } from "lucide-react";

import type { Provider } from "@/features/provider/api";
import { leftInWords, limitInWords } from "@/features/provider/limits";
import { formatDistance } from "@/lib/dates";
import { words } from "@/words";

/** What the AI service lets through at this moment, for who waits for a report. */
export function ProviderNow({ provider, heardAt }: { provider: Provider; heardAt: number }) {
  const Icon = ICONS[holdOf(provider)];
  const { requests, tokens } = provider.limits;
  const limits = [
    requests && `${limitInWords(requests, "requests")}; ${leftInWords(requests)}`,
    tokens && `${limitInWords(tokens, "tokens")}; ${leftInWords(tokens)}`,
  ].filter((limit) => limit !== null);
  return (
    <div className="flex items-start gap-3 rounded-md bg-muted p-3 text-sm">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
      <div className="grid gap-1">
        <p className="font-medium">{words.provider.now.title}</p>
        <p>{holdInWords(provider, heardAt)}</p>
        {limits.map((limit) => (
          <p key={limit} className="text-muted-foreground">
            {limit}
          </p>
        ))}
      </div>
    </div>
  );
}

const ICONS = { none: Bot, free: Bot, limit: Hourglass, outage: PlugZap };

function holdOf({ configured, waiting }: Provider): keyof typeof ICONS {
  return configured ? (waiting?.reason ?? "free") : "none";
}

/** What holds its calls back. */
export function holdInWords({ configured, waiting, concurrency }: Provider, now: number): string {
  const { now: say } = words.provider;
  if (!configured) {
    return say.none;
  }
  if (waiting === null) {
    return concurrency.underWay > 0 ? say.underWay(concurrency.underWay) : say.free;
  }
  if (waiting.reason === "outage") {
    return say.outage;
  }
  const isSoon = waiting.until !== null && Date.parse(waiting.until) > now;
  return isSoon ? say.limitUntil(formatDistance(waiting.until ?? "", now)) : say.limit;
}
