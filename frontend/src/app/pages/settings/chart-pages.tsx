import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { accountsQuery, departmentsQuery, type ChartEntry } from "@/features/chart/api";
import { ChartList } from "@/features/chart/chart-list";

export function AccountsPage() {
  return <Entries kind="accounts" entries={useQuery(accountsQuery)} />;
}

export function DepartmentsPage() {
  return <Entries kind="departments" entries={useQuery(departmentsQuery)} />;
}

interface Props {
  kind: "accounts" | "departments";
  entries: UseQueryResult<ChartEntry[]>;
}

/** What is looked for stands in the address, so that it can be sent to somebody. */
function Entries({ kind, entries }: Props) {
  const { q = "" } = useSearch({ from: `/settings/${kind}` });
  const navigate = useNavigate();
  if (entries.isPending) {
    return <ListSkeleton />;
  }
  if (entries.data === undefined) {
    return <ErrorState error={entries.error} onRetry={() => void entries.refetch()} />;
  }
  return (
    <ChartList
      kind={kind}
      entries={entries.data}
      query={q}
      onQuery={(next) =>
        void navigate({
          to: `/settings/${kind}`,
          search: next === "" ? {} : { q: next },
          replace: true,
        })
      }
    />
  );
}
