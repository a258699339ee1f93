import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { meQuery } from "@/app/session";
import { buttonLooks } from "@/components/ui/button";
import { accountsQuery, departmentsQuery, type ChartEntry } from "@/features/chart/api";
import { ChartList } from "@/features/chart/chart-list";
import { words } from "@/words";

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
  const { data: me } = useQuery(meQuery);
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
      change={me?.isAdmin === true && <ChangeLink kind={kind} />}
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

function ChangeLink({ kind }: Pick<Props, "kind">) {
  return (
    <Link to={`/settings/${kind}/edit`} className={buttonLooks({ variant: "outline", size: "sm" })}>
      {words.settings.chart.change}
    </Link>
  );
}
