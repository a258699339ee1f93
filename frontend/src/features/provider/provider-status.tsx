import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import type { Provider } from "@/features/provider/api";
import { ProviderLimits } from "@/features/provider/provider-limits";
import { SetUp } from "@/features/provider/set-up";
import { formatDistance } from "@/lib/dates";
import { formatSpan } from "@/lib/durations";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

interface Props {
  provider: Provider;
  /** The moment that "ago" is counted to. */
  now: number;
}

/** What the AI service is, how it is, what it lets through, what it did. */
export function ProviderStatus({ provider, now }: Props) {
  return (
    <section aria-label={words.provider.title} className="grid gap-4">
      <p className="text-muted-foreground">{words.provider.intro}</p>
      <Summary provider={provider} now={now} />
      {!provider.configured && <SetUp />}
      {provider.configured && (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <About provider={provider} now={now} />
          <ProviderLimits provider={provider} now={now} />
        </div>
      )}
      {(provider.configured || provider.totals.calls > 0) && <Totals totals={provider.totals} />}
    </section>
  );
}

function Summary({ provider, now }: Props) {
  return (
    <Card className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <State provider={provider} />
        {provider.simulated && <Badge tone="warning">{words.provider.state.simulated}</Badge>}
        {provider.checkedAt !== null && (
          <span className="text-sm text-muted-foreground">
            {words.provider.checked(formatDistance(provider.checkedAt, now))}
          </span>
        )}
      </div>
      <p>{provider.summary}</p>
      {provider.simulated && (
        <p className="text-sm text-muted-foreground">{words.provider.simulatedHint}</p>
      )}
      {provider.lastError !== null && (
        <Alert
          tone={endedInError(provider) ? "bad" : "info"}
          title={words.provider.lastError(formatDistance(provider.lastError.at, now))}
        >
          {provider.lastError.words}
        </Alert>
      )}
    </Card>
  );
}

/** Whether nothing good was heard of it since its last error. */
function endedInError({ lastError, lastAnsweredAt }: Provider): boolean {
  return (
    lastError !== null &&
    (lastAnsweredAt === null || Date.parse(lastError.at) >= Date.parse(lastAnsweredAt))
  );
}

function State({ provider }: { provider: Provider }) {
  const { state } = words.provider;
  if (!provider.configured) {
    return <Badge>{state.none}</Badge>;
  }
  if (provider.reachable !== true) {
    return <Badge tone="bad">{state.unreachable}</Badge>;
  }
  return endedInError(provider) ? (
    <Badge tone="warning">{state.failing}</Badge>
  ) : (
    <Badge tone="good">{state.reachable}</Badge>
  );
}

function About({ provider, now }: Props) {
  const { about } = words.provider;
  const { typicalLatency: latency, concurrency, lastAnsweredAt } = provider;
  return (
    <Card className="grid gap-4">
      <h2 className="text-lg font-semibold">{about.title}</h2>
      <Facts>
        <Fact name={about.model}>{provider.model}</Fact>
        <Fact name={about.address}>{provider.address}</Fact>
        <Fact name={about.latency}>
          {latency === null
            ? about.notMeasured
            : about.latencyOf(formatSpan(latency.baseSeconds), formatSpan(latency.secondsPerLine))}
        </Fact>
        <Fact name={about.concurrency}>
          {about.concurrencyOf(concurrency.underWay, concurrency.allowed)}
        </Fact>
        <Fact name={about.lastAnswer}>
          {lastAnsweredAt === null ? about.never : formatDistance(lastAnsweredAt, now)}
        </Fact>
      </Facts>
    </Card>
  );
}

const COUNTERS = [
  ["calls", "calls"],
  ["lines", "lines"],
  ["rejected", "rejectedCalls"],
  ["failed", "failedCalls"],
  ["promptTokens", "promptTokens"],
  ["completionTokens", "completionTokens"],
] as const;

function Totals({ totals }: Pick<Provider, "totals">) {
  return (
    <Card className="grid gap-4">
      <h2 className="text-lg font-semibold">{words.provider.totals.title}</h2>
      <Facts className="grid-cols-2 sm:grid-cols-3">
        {COUNTERS.map(([name, counter]) => (
          <Fact key={name} name={words.provider.totals[name]}>
            {formatCount(totals[counter])}
          </Fact>
        ))}
      </Facts>
    </Card>
  );
}
