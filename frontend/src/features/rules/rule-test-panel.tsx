import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Pager } from "@/components/ui/pager";
import { Skeleton } from "@/components/ui/skeleton";
import { ruleTestQuery, type RuleTest, type RuleTrial } from "@/features/rules/api";
import type { Chart } from "@/features/rules/chart";
import { contentOf, type RuleDraft } from "@/features/rules/rule-draft";
import { TestedLines } from "@/features/rules/tested-lines";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

interface Props {
  draft: RuleDraft;
  /** The rule that is changed; a new one has none. */
  id: string | null;
  chart: Chart;
  /** How often a test was asked for; each time the draft of that moment is tried. */
  trials: number;
}

/** What the rule, as it stands in the form, would do to past lines. */
export function RuleTestPanel({ draft, id, chart, trials }: Props) {
  const heading = useId();
  const [tried, setTried] = useState<{ trials: number; trial: RuleTrial } | null>(null);
  if (trials > 0 && tried?.trials !== trials) {
    setTried({ trials, trial: { rule: contentOf(draft), id } });
  }
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // On a telephone it stands far from the button.
    if (trials > 0) {
      top.current?.focus();
    }
  }, [trials]);
  const isStale = tried !== null && JSON.stringify(tried.trial.rule) !== said(draft);
  return (
    <Card className="lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto">
      <section aria-labelledby={heading} className="grid gap-4">
        <h2 id={heading} ref={top} tabIndex={-1} className="text-lg font-semibold">
          {words.rules.test.title}
        </h2>
        {tried === null && <p className="text-muted-foreground">{words.rules.test.before}</p>}
        {isStale && <Alert tone="info" title={words.rules.test.stale} />}
        {tried !== null && <Results key={tried.trials} trial={tried.trial} chart={chart} />}
      </section>
    </Card>
  );
}

const said = (draft: RuleDraft) => JSON.stringify(contentOf(draft));

const GROUPS = [
  "wouldChange",
  "alreadySo",
  "keptEdited",
  "keptSubmitted",
  "keptByEarlierRule",
] as const;
type Group = (typeof GROUPS)[number];

function Results({ trial, chart }: { trial: RuleTrial; chart: Chart }) {
  const [chosen, choose] = useState<Group | null>(null);
  const [page, setPage] = useState(1);
  const test = useQuery({ ...ruleTestQuery(trial, page), placeholderData: keepPreviousData });
  if (test.isPending) {
    return <Skeleton className="h-40" label={words.loading} />;
  }
  if (test.data === undefined) {
    const { title, detail } = troubleOf(test.error);
    return <Alert title={title}>{detail}</Alert>;
  }
  const group = chosen ?? firstFilled(test.data);
  const { items, totalCount, pageSize } = test.data[group];
  return (
    <>
      <p role="status" className="font-medium">
        {words.rules.test.matched(test.data.matched)}
        {test.data.matched === 0 && (
          <span className="font-normal text-muted-foreground"> {words.rules.test.matchedHint}</span>
        )}
      </p>
      {test.data.matched > 0 && (
        <>
          <GroupChoice
            test={test.data}
            chosen={group}
            onChoose={(next) => {
              choose(next);
              setPage(1);
            }}
          />
          <TestedLines lines={items} group={group} chart={chart} />
          <Pager {...{ page, pageSize, totalCount }} onPage={setPage} />
        </>
      )}
    </>
  );
}

/** The first that holds any line, so that no empty list is what is seen first. */
function firstFilled(test: RuleTest): Group {
  return GROUPS.find((group) => test[group].totalCount > 0) ?? "wouldChange";
}

interface ChoiceProps {
  test: RuleTest;
  chosen: Group;
  onChoose: (group: Group) => void;
}

function GroupChoice({ test, chosen, onChoose }: ChoiceProps) {
  return (
    <div role="group" aria-label={words.rules.test.groups} className="flex flex-wrap gap-2">
      {GROUPS.map((group) => (
        <Button
          key={group}
          variant="outline"
          size="sm"
          aria-pressed={group === chosen}
          className="gap-1.5 aria-pressed:border-primary aria-pressed:bg-accent"
          onClick={() => onChoose(group)}
        >
          {words.rules.test.group[group]}{" "}
          <span className="font-normal text-muted-foreground tabular-nums">
            {formatCount(test[group].totalCount)}
          </span>
        </Button>
      ))}
    </div>
  );
}
