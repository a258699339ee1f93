import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

/** An account or a department; the inactive ones name what was filed under them before. */
export type ChartEntry = components["schemas"]["ChartEntryOut"];

type Page = components["schemas"]["PageOf_ChartEntryOut_"];
type Ask = (query: { page: number; pageSize: number }, signal: AbortSignal) => Promise<Page>;

export const chartKeys = {
  all: ["chart"] as const,
  accounts: () => [...chartKeys.all, "accounts"] as const,
  departments: () => [...chartKeys.all, "departments"] as const,
};

/** The largest page there is: nearly every chart fits into one. */
const PAGE_SIZE = 1000;
/** A chart changes when somebody loads another one on the server, which is rare. */
const STALE_MS = 10 * 60_000;

const askAccounts: Ask = (query, signal) =>
  unwrap(client.GET("/api/accounts", { params: { query }, signal }));

const askDepartments: Ask = (query, signal) =>
  unwrap(client.GET("/api/departments", { params: { query }, signal }));

/** Every account, by code; the inactive ones too. */
export const accountsQuery = queryOptions({
  queryKey: chartKeys.accounts(),
  queryFn: ({ signal }) => every(askAccounts, signal),
  staleTime: STALE_MS,
  gcTime: Infinity,
});

/** Every department, by code; the inactive ones too. */
export const departmentsQuery = queryOptions({
  queryKey: chartKeys.departments(),
  queryFn: ({ signal }) => every(askDepartments, signal),
  staleTime: STALE_MS,
  gcTime: Infinity,
});

/** All pages, one after the other. */
async function every(ask: Ask, signal: AbortSignal): Promise<ChartEntry[]> {
  const found: ChartEntry[] = [];
  for (let page = 1; ; page += 1) {
    const { items, totalCount } = await ask({ page, pageSize: PAGE_SIZE }, signal);
    found.push(...items);
    if (items.length === 0 || found.length >= totalCount) {
      return found;
    }
  }
}
