import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { useCallback } from "react";

import { useChargesChanged } from "@/app/charges-changed";
import { ErrorState } from "@/app/error-state";
import { Button, buttonLooks } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { PageTitle } from "@/components/ui/page-title";
import { Pager } from "@/components/ui/pager";
import { Skeleton } from "@/components/ui/skeleton";
import { periodsQuery } from "@/features/periods/api";
import { TRANSACTIONS_PER_PAGE, transactionsQuery } from "@/features/transactions/api";
import { transactionSearch, type TransactionSearch } from "@/features/transactions/search";
import { TransactionFilters } from "@/features/transactions/transaction-filters";
import { TransactionList } from "@/features/transactions/transaction-list";
import { usePersonal } from "@/features/transactions/use-personal";
import { words } from "@/words";

const route = getRouteApi("/transactions");

/** Everything that was imported: found again, and kept out of reports where it is personal. */
export function TransactionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const periods = useQuery(periodsQuery);
  const look = useCallback(
    // What is typed is no step to go back to.
    (next: TransactionSearch) =>
      void navigate({ search: transactionSearch({ ...next }), replace: true }),
    [navigate],
  );
  return (
    <div className="mx-auto grid max-w-5xl gap-6">
      <PageTitle title={words.transactions.title} intro={words.transactions.intro} />
      <TransactionFilters
        search={search}
        periods={(periods.data?.items ?? []).map(({ period }) => period)}
        onSearch={look}
      />
      <Found search={search} onSearch={look} />
    </div>
  );
}

interface Props {
  search: TransactionSearch;
  onSearch: (search: TransactionSearch) => void;
}

function Found({ search, onSearch }: Props) {
  const { data, error, refetch } = useQuery(transactionsQuery(search));
  const setPersonal = usePersonal(useChargesChanged());
  if (data === undefined) {
    return error === null ? (
      <Skeleton className="h-96" label={words.loading} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  if (data.items.length === 0) {
    return <Nothing search={search} onSearch={onSearch} />;
  }
  return (
    <div className="grid gap-3">
      <p role="status" className="text-sm text-muted-foreground">
        {words.transactions.found(data.totalCount)}
      </p>
      <TransactionList transactions={data.items} onPersonal={setPersonal} />
      <Pager
        page={search.page ?? 1}
        pageSize={TRANSACTIONS_PER_PAGE}
        totalCount={data.totalCount}
        onPage={(page) => {
          onSearch({ ...search, page });
          globalThis.scrollTo({ top: 0 });
        }}
      />
    </div>
  );
}

function Nothing({ search, onSearch }: Props) {
  const said = words.transactions;
  if (Object.keys(search).length > 0) {
    return (
      <Empty title={said.noMatch} hint={said.noMatchHint}>
        <Button variant="outline" onClick={() => onSearch({})}>
          {said.clear}
        </Button>
      </Empty>
    );
  }
  return (
    <Empty title={said.none} hint={said.noneHint}>
      <Link to="/import" className={buttonLooks({})}>
        <Upload aria-hidden />
        {said.import}
      </Link>
    </Empty>
  );
}
