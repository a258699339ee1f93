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

export type ChartKind = "accounts" | "departments";
export type ChartChanges = components["schemas"]["ChartChangesOut"];

/** A list as it was seen, and the tag that says so to who stores another one. */
export interface SeenChart {
  entries: ChartEntry[];
  tag: string;
}

/** Another list: of a file as it is, or made by hand. */
export type NewChart = { csv: string } | { entries: readonly ChartEntry[] };

/** The list as it is at this moment, to be changed. */
export function seenChartQuery(kind: ChartKind) {
  return queryOptions({
    queryKey: [...chartKeys.all, "seen", kind],
    queryFn: ({ signal }) => see(kind, signal),
    staleTime: Infinity, // what is being changed stays as it was seen
    gcTime: 0,
  });
}

async function see(kind: ChartKind, signal: AbortSignal): Promise<SeenChart> {
  let tag = "";
  const path = `/api/${kind}` as const;
  const ask: Ask = async (query) => {
    const call = client.GET(path, { params: { query }, signal });
    const page = await unwrap(call);
    // That of the first page: what changes while the others come is found out when it is stored.
    tag ||= (await call).response.headers.get("ETag") ?? "";
    return page;
  };
  return { entries: await every(ask, signal), tag };
}

/** Store the list, or only ask what that would change. */
export function replaceChart(
  kind: ChartKind,
  chart: NewChart,
  { tag, dryRun }: { tag: string; dryRun: boolean },
): Promise<ChartChanges> {
  const params = { header: { "If-Match": tag }, query: { dryRun } };
  const path = `/api/${kind}` as const;
  if ("csv" in chart) {
    return unwrap(
      client.PUT(path, {
        params,
        body: chart.csv,
        bodySerializer: (text: unknown) => String(text),
        headers: { "Content-Type": "text/csv" },
      }),
    );
  }
  return unwrap(client.PUT(path, { params, body: { items: [...chart.entries] } }));
}

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
