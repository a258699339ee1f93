import type { ReactNode } from "react";

import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Empty } from "@/components/ui/empty";
import { Input } from "@/components/ui/input";
import type { ChartEntry } from "@/features/chart/api";
import { words } from "@/words";

interface Props {
  kind: "accounts" | "departments";
  entries: readonly ChartEntry[];
  /** What is looked for in code, name and description. */
  query: string;
  onQuery: (query: string) => void;
  /** For who may change the list: the way there. */
  change?: ReactNode;
}

/** The accounts or the departments there are. */
export function ChartList({ kind, entries, query, onQuery, change }: Props) {
  const { [kind]: say, search, found, howTo } = words.settings.chart;
  const matching = entries.filter((entry) => matches(entry, query));
  return (
    <section aria-label={say.title} className="grid gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <p className="text-muted-foreground">{say.intro}</p>
        {change}
      </div>
      <HowToChange hint={howTo} command={say.command} isOpen={entries.length === 0} />
      {entries.length === 0 ? (
        <Empty title={say.empty} hint={say.emptyHint} />
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Input
              type="search"
              className="max-w-sm"
              aria-label={search(say.title)}
              placeholder={search(say.title)}
              value={query}
              onValueChange={onQuery}
            />
            <p role="status" className="text-sm text-muted-foreground">
              {found(matching.length, entries.length)}
            </p>
          </div>
          <Entries label={say.title} entries={matching} />
        </>
      )}
    </section>
  );
}

/** Every word that is looked for stands somewhere in the entry. */
function matches({ code, name, description }: ChartEntry, query: string): boolean {
  const text = `${code} ${name} ${description ?? ""}`.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Entries({ label, entries }: { label: string; entries: readonly ChartEntry[] }) {
  if (entries.length === 0) {
    return <p className="py-6 text-center text-muted-foreground">{words.nothingFound}</p>;
  }
  return (
    <Card className="p-0 sm:p-0">
      <ul aria-label={label}>
        {entries.map((entry) => (
          <li
            key={entry.code}
            className="grid grid-cols-[1fr_auto] gap-x-4 border-b px-4 py-2.5 last:border-b-0 sm:grid-cols-[7rem_1fr_auto]"
          >
            <span className="text-sm text-muted-foreground tabular-nums max-sm:col-span-2 sm:pt-0.5">
              {entry.code}
            </span>
            <span className="min-w-0 wrap-anywhere">
              {entry.name}
              {entry.description !== null && (
                <span className="block text-sm text-muted-foreground">{entry.description}</span>
              )}
            </span>
            {entry.active ? <span /> : <Badge>{words.settings.chart.outOfUse}</Badge>}
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface HowToProps {
  hint: string;
  command: string;
  isOpen: boolean;
}

function HowToChange({ hint, command, isOpen }: HowToProps) {
  return (
    <details open={isOpen} className="text-sm">
      <summary className="w-fit cursor-pointer py-1 text-link underline underline-offset-4">
        {words.settings.chart.howToTitle}
      </summary>
      <p className="my-2 text-muted-foreground">{hint}</p>
      <pre className="rounded-md bg-muted p-3 wrap-anywhere whitespace-pre-wrap">
        <code>{command}</code>
      </pre>
    </details>
  );
}
