import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";

import { isNowhere } from "@/api/problem-error";
import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { useChart } from "@/app/pages/settings/use-chart";
import { toTheTop } from "@/app/to-the-top";
import { buttonLooks } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { useToasts } from "@/components/ui/toast";
import { ruleQuery, type Rule } from "@/features/rules/api";
import { RuleEditor } from "@/features/rules/rule-editor";
import { words } from "@/words";

const { form } = words.rules;

export function NewRulePage() {
  return (
    <Frame title={form.newTitle} intro={form.newIntro}>
      <Editor />
    </Frame>
  );
}

export function RulePage() {
  const { ruleId } = useParams({ from: "/settings/rules/$ruleId" });
  const { data: rule, error, refetch } = useQuery(ruleQuery(ruleId));
  return (
    <Frame title={rule?.title ?? form.editTitle}>
      {rule !== undefined && <Editor key={rule.id} rule={rule} />}
      {rule === undefined && error === null && <ListSkeleton />}
      {rule === undefined && error !== null && (
        <Trouble error={error} onRetry={() => void refetch()} />
      )}
    </Frame>
  );
}

interface FrameProps {
  title: string;
  intro?: string;
  children: ReactNode;
}

function Frame({ title, intro, children }: FrameProps) {
  return (
    <section aria-label={title} className="grid gap-4">
      <Link
        to="/settings/rules"
        className={buttonLooks({
          variant: "link",
          size: "inline",
          className: "justify-self-start",
        })}
      >
        <ArrowLeft aria-hidden />
        {form.back}
      </Link>
      <div className="grid gap-1">
        <h2 className="text-xl font-semibold wrap-anywhere">{title}</h2>
        {intro !== undefined && <p className="text-muted-foreground">{intro}</p>}
      </div>
      {children}
    </section>
  );
}

function Editor({ rule }: { rule?: Rule }) {
  const { chart, error, refetch } = useChart();
  const navigate = useNavigate();
  const toasts = useToasts();

  function leave(saved: Rule): void {
    toasts.add({ title: form.saved(saved.title), description: form.savedHint });
    void navigate({ to: "/settings/rules" }).then(toTheTop);
  }

  if (error !== null) {
    return <ErrorState error={error} onRetry={refetch} />;
  }
  if (chart === undefined) {
    return <ListSkeleton />;
  }
  return <RuleEditor {...(rule && { rule })} chart={chart} onSaved={leave} />;
}

function Trouble({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (isNowhere(error)) {
    return <Empty title={form.gone} hint={form.goneHint} />;
  }
  return <ErrorState error={error} onRetry={onRetry} />;
}
