import { useQuery } from "@tanstack/react-query";

import { troubleOf } from "@/api/problems";
import { onServerClock } from "@/api/server-clock";
import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Fact, Facts } from "@/components/ui/facts";
import { alertsQuery, type Alerts } from "@/features/administration/api";
import { useSendTestAlert } from "@/features/administration/use-administration";
import { formatDistance, formatMoment } from "@/lib/dates";
import { formatPercent } from "@/lib/percent";
import { words } from "@/words";

const say = words.administration.alerts;

/** Whether too many reports fail, as it was at the last look a few seconds ago. */
export function AlertsPage() {
  const alerts = useQuery(alertsQuery);
  if (alerts.isPending) {
    return <ListSkeleton />;
  }
  if (alerts.data === undefined) {
    return <ErrorState error={alerts.error} onRetry={() => void alerts.refetch()} />;
  }
  return (
    <section aria-label={say.title} className="grid gap-4">
      <p className="text-muted-foreground">{say.intro}</p>
      <Now alerts={alerts.data} now={onServerClock(alerts.dataUpdatedAt)} />
      {alerts.data.webhook.configured && <TestMessage />}
    </section>
  );
}

function Now({ alerts, now }: { alerts: Alerts; now: number }) {
  const { lastHour, threshold, firing, since } = alerts;
  return (
    <Card className="grid gap-4">
      <h2 className="flex items-center gap-2 font-semibold">
        <Badge tone={firing ? "bad" : "good"}>{firing ? say.firing : say.calm}</Badge>
      </h2>
      <Facts>
        <Fact name={say.lastHour}>{say.ended(lastHour.finished, lastHour.failed)}</Fact>
        <Fact name={say.share}>{formatPercent(lastHour.share)}</Fact>
        <Fact name={say.threshold}>
          {say.above(formatPercent(threshold.share), threshold.ofAtLeast)}
        </Fact>
        <Fact name={say.since}>{since === null ? say.never : formatMoment(since)}</Fact>
        <Fact name={say.webhook}>{heard(alerts.webhook, now)}</Fact>
      </Facts>
    </Card>
  );
}

function heard({ configured, toldAt, refusals, nextTryAt }: Alerts["webhook"], now: number) {
  if (!configured) {
    return say.notConfigured;
  }
  if (toldAt !== null) {
    return say.told(formatDistance(toldAt, now));
  }
  if (nextTryAt === null) {
    return say.configured;
  }
  return refusals === 0 ? say.waiting : say.refused(refusals, formatDistance(nextTryAt, now));
}

function TestMessage() {
  const { mutate, data, error, isPending } = useSendTestAlert();
  return (
    <div className="grid justify-items-start gap-3">
      <Button variant="outline" disabled={isPending} focusableWhenDisabled onClick={() => mutate()}>
        {say.test}
      </Button>
      {data?.delivered === true && <Alert tone="info" title={say.delivered} />}
      {data?.delivered === false && <Alert title={say.notDelivered}>{data.reason}</Alert>}
      {error !== null && <Alert title={troubleOf(error).title}>{troubleOf(error).detail}</Alert>}
    </div>
  );
}
