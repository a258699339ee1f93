import { Component, lazy, Suspense, useState, type ComponentProps, type ReactNode } from "react";

import { RetryAlert } from "@/components/ui/retry-alert";
import { Skeleton } from "@/components/ui/skeleton";
import { words } from "@/words";

const load = () => import("@/features/reports/totals/totals-chart");

/** React keeps a part that failed as failed for ever: each try needs one of its own. */
const attempt = () => lazy(async () => ({ default: (await load()).TotalsChart }));

type Chart = ReturnType<typeof attempt>;

/** The chart; the library that draws is larger than the rest of the page, so it comes later. */
export function LazyChart(props: ComponentProps<Chart>) {
  const [Chart, setChart] = useState<Chart>(attempt);
  return (
    <Fence onRetry={() => setChart(attempt)}>
      <Suspense fallback={<Skeleton className="h-48" label={words.report.totals.chartLoading} />}>
        <Chart {...props} />
      </Suspense>
    </Fence>
  );
}

interface FenceProps {
  onRetry: () => void;
  children: ReactNode;
}

/** What fails inside does not take the page along, where something may be half typed. */
class Fence extends Component<FenceProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <NoChart onRetry={this.tryAgain} /> : this.props.children;
  }

  private readonly tryAgain = () => {
    this.props.onRetry();
    this.setState({ hasFailed: false });
  };
}

function NoChart({ onRetry }: { onRetry: () => void }) {
  return (
    <RetryAlert title={words.part.failed} onRetry={onRetry}>
      {words.part.hint}
    </RetryAlert>
  );
}
