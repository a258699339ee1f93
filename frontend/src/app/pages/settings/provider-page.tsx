import { useQuery } from "@tanstack/react-query";

import { onServerClock } from "@/api/server-clock";
import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { providerQuery } from "@/features/provider/api";
import { ProviderStatus } from "@/features/provider/provider-status";

/** The AI service, as it was at the last look a few seconds ago. */
export function ProviderPage() {
  const provider = useQuery(providerQuery);
  if (provider.isPending) {
    return <ListSkeleton />;
  }
  if (provider.data === undefined) {
    return <ErrorState error={provider.error} onRetry={() => void provider.refetch()} />;
  }
  return <ProviderStatus provider={provider.data} now={onServerClock(provider.dataUpdatedAt)} />;
}
