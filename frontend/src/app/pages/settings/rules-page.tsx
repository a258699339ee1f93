import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";

import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { useChart } from "@/app/pages/settings/use-chart";
import { meQuery } from "@/app/session";
import { buttonLooks } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { rulesQuery } from "@/features/rules/api";
import { RuleList } from "@/features/rules/rule-list";
import { words } from "@/words";

/** A person's own rules. */
export function RulesPage() {
  return (
    <section aria-label={words.rules.title} className="grid gap-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <p className="max-w-prose min-w-60 flex-1 text-muted-foreground">{words.rules.intro}</p>
        <NewLink variant="default" />
      </div>
      <Rules />
    </section>
  );
}

function Rules() {
  const queries = useQueryClient();
  const rules = useQuery(rulesQuery);
  const { chart, error, refetch } = useChart();
  const trouble = rules.data === undefined ? rules.error : error;

  function forgetLines(): void {
    // Lines, totals and months of any draft may be others now.
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0],
    });
  }

  function tryAgain(): void {
    void rules.refetch();
    refetch();
  }

  if (trouble !== null) {
    return <ErrorState error={trouble} onRetry={tryAgain} />;
  }
  if (rules.data === undefined || chart === undefined) {
    return <ListSkeleton />;
  }
  if (rules.data.items.length === 0) {
    return <NoRules />;
  }
  return <RuleList rules={rules.data.items} chart={chart} onApplied={forgetLines} />;
}

function NoRules() {
  return (
    <Empty title={words.rules.empty} hint={words.rules.emptyHint}>
      <NewLink variant="outline" />
    </Empty>
  );
}

function NewLink({ variant }: { variant: "default" | "outline" }) {
  return (
    <Link to="/settings/rules/new" className={buttonLooks({ variant })}>
      <Plus aria-hidden />
      {words.rules.create}
    </Link>
  );
}
