import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type Provider = components["schemas"]["ProviderOut"];
export type Limit = components["schemas"]["LimitOut"];

export const providerKeys = { all: ["provider"] as const };

/** Gentle: the server may have to ask the service itself. */
const ASK_AGAIN_MS = 10_000;

/** What categorizes besides rules and memory, asked for again while it is looked at. */
export const providerQuery = queryOptions({
  queryKey: providerKeys.all,
  queryFn: ({ signal }) => unwrap(client.GET("/api/provider", { signal })),
  refetchInterval: ASK_AGAIN_MS,
});
