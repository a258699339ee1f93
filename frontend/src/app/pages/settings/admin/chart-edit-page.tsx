import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";

import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { buttonLooks } from "@/components/ui/button";
import { useToasts } from "@/components/ui/toast";
import { seenChartQuery, type ChartKind } from "@/features/chart/api";
import { ChartEditor } from "@/features/chart/chart-editor";
import { words } from "@/words";

const say = words.settings.chart.edit;

export function EditAccountsPage() {
  return <Edit kind="accounts" />;
}

export function EditDepartmentsPage() {
  return <Edit kind="departments" />;
}

function Edit({ kind }: { kind: ChartKind }) {
  return (
    <section aria-label={say[kind]} className="grid gap-4">
      <Link
        to={`/settings/${kind}`}
        className={buttonLooks({
          variant: "link",
          size: "inline",
          className: "justify-self-start",
        })}
      >
        <ArrowLeft aria-hidden />
        {say.back}
      </Link>
      <h2 className="text-lg font-semibold">{say[kind]}</h2>
      <p className="text-muted-foreground">{say.intro}</p>
      <Editor kind={kind} />
    </section>
  );
}

function Editor({ kind }: { kind: ChartKind }) {
  const seen = useQuery(seenChartQuery(kind));
  const navigate = useNavigate();
  const toasts = useToasts();
  if (seen.data === undefined) {
    return seen.error === null ? (
      <ListSkeleton />
    ) : (
      <ErrorState error={seen.error} onRetry={() => void seen.refetch()} />
    );
  }

  function leave(): void {
    toasts.add({ title: say.saved });
    void navigate({ to: `/settings/${kind}` });
  }

  return <ChartEditor kind={kind} seen={seen.data} onSaved={leave} />;
}
