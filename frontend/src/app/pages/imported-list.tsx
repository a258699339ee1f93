import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";

import { ErrorState } from "@/app/error-state";
import { Card } from "@/components/ui/card";
import { Pager } from "@/components/ui/pager";
import { Skeleton } from "@/components/ui/skeleton";
import { STATEMENTS_PER_PAGE, statementsQuery } from "@/features/statements/api";
import { ImportedFiles } from "@/features/statements/imported-files";
import { words } from "@/words";

/** The files that were imported, newest first. */
export function ImportedList({ onUndone }: { onUndone: (id: string) => void }) {
  const heading = useId();
  return (
    <Card>
      <section aria-labelledby={heading} className="grid gap-3">
        <h2 id={heading} className="text-lg font-semibold">
          {words.statements.list.heading}
        </h2>
        <Files onUndone={onUndone} />
      </section>
    </Card>
  );
}

function Files({ onUndone }: { onUndone: (id: string) => void }) {
  const [page, setPage] = useState(1);
  const { data, error, refetch } = useQuery({
    ...statementsQuery(page),
    placeholderData: keepPreviousData,
  });
  if (data === undefined) {
    return error === null ? (
      <Skeleton className="h-16" label={words.loading} />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} />
    );
  }
  if (data.totalCount === 0) {
    return <p className="text-muted-foreground">{words.statements.list.empty}</p>;
  }
  return (
    <>
      <ImportedFiles statements={data.items} onUndone={onUndone} />
      <Pager
        page={page}
        pageSize={STATEMENTS_PER_PAGE}
        totalCount={data.totalCount}
        onPage={setPage}
      />
    </>
  );
}
