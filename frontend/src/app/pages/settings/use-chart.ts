import { useQuery } from "@tanstack/react-query";

import { accountsQuery, departmentsQuery, type ChartEntry } from "@/features/chart/api";

export interface Chart {
  accounts: readonly ChartEntry[];
  departments: readonly ChartEntry[];
}

/** Both halves of the chart together; an error of either is one of both. */
export function useChart() {
  const accounts = useQuery(accountsQuery);
  const departments = useQuery(departmentsQuery);
  const chart: Chart | undefined = accounts.data &&
    departments.data && { accounts: accounts.data, departments: departments.data };
  const failed = [accounts, departments].find(({ isError, data }) => isError && data === undefined);
  return { chart, error: failed?.error ?? null, refetch: () => void failed?.refetch() };
}
