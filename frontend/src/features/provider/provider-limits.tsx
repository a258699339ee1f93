import { Meter } from "@base-ui/react/meter";

import { Card } from "@/components/ui/card";
import type { Limit, Provider } from "@/features/provider/api";
import { leftInWords, limitInWords } from "@/features/provider/limits";
import { holdInWords } from "@/features/provider/provider-now";
import { words } from "@/words";

interface Props {
  provider: Provider;
  now: number;
}

/** What it lets through, where that is known from, and what waits for it. */
export function ProviderLimits({ provider, now }: Props) {
  const { limits: say } = words.provider;
  const { requests, tokens } = provider.limits;
  return (
    <Card className="grid gap-4">
      <div className="grid gap-1">
        <h2 className="text-lg font-semibold">{say.title}</h2>
        <p className="text-sm text-muted-foreground">{say.intro}</p>
      </div>
      {requests === null && tokens === null && <p className="text-sm">{say.none}</p>}
      {requests !== null && <LimitMeter limit={requests} kind="requests" />}
      {tokens !== null && <LimitMeter limit={tokens} kind="tokens" />}
      <div className="grid gap-0.5 text-sm">
        <h3 className="text-muted-foreground">{say.holding}</h3>
        <p className="font-medium">{holdInWords(provider, now)}</p>
      </div>
    </Card>
  );
}

function LimitMeter({ limit, kind }: { limit: Limit; kind: "requests" | "tokens" }) {
  const { limits: say } = words.provider;
  const left = leftInWords(limit);
  return (
    <Meter.Root
      value={limit.remaining}
      max={Math.max(1, limit.amount)}
      getAriaValueText={() => left}
      className="grid gap-1 text-sm"
    >
      <div className="flex justify-between gap-3">
        <Meter.Label className="font-medium">{say[kind]}</Meter.Label>
        <span aria-hidden className="tabular-nums">
          {left}
        </span>
      </div>
      <Meter.Track className="h-2 overflow-hidden rounded-full bg-track">
        <Meter.Indicator className="h-full rounded-full bg-primary motion-safe:transition-[width]" />
      </Meter.Track>
      <p className="text-muted-foreground">{limitInWords(limit, kind)}</p>
    </Meter.Root>
  );
}
