import { useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Choice, PreviewRow } from "@/features/statements/api";
import { countByDecision } from "@/features/statements/reading";
import { RowTable } from "@/features/statements/row-table";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

const DECISIONS = ["new", "duplicate", "payment", "rejected"] as const;
type Shown = PreviewRow["decision"] | "all";

interface Props {
  rows: readonly PreviewRow[];
  /** Of a file that is not imported yet: what was chosen, and how to choose. */
  choices?: Readonly<Record<string, Choice>>;
  onChoose?: (row: number, choice: Choice | null) => void;
}

/** Every row of a file, or only those of one kind. */
export function RowsCard({ rows, choices, onChoose }: Props) {
  const heading = useId();
  const [shown, show] = useState<Shown>("all");
  const found = shown === "all" ? rows : rows.filter(({ decision }) => decision === shown);
  return (
    <Card>
      <section aria-labelledby={heading} className="grid gap-4">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h2 id={heading} className="text-lg font-semibold">
            {words.statements.rows.heading}
          </h2>
          <Filter rows={rows} shown={shown} onShow={show} />
        </div>
        {found.length === 0 ? (
          <p className="text-muted-foreground">{words.statements.rows.none}</p>
        ) : (
          <RowTable key={shown} rows={found} {...{ choices, onChoose }} />
        )}
      </section>
    </Card>
  );
}

interface FilterProps {
  rows: readonly PreviewRow[];
  shown: Shown;
  onShow: (shown: Shown) => void;
}

function Filter({ rows, shown, onShow }: FilterProps) {
  const said = words.statements.rows;
  const counts = countByDecision(rows);
  const kinds = [
    { kind: "all" as const, name: said.all, count: rows.length },
    ...DECISIONS.map((kind) => ({ kind, name: said.decision[kind], count: counts[kind] })),
  ].filter(({ kind, count }) => count > 0 || kind === shown);
  return (
    <div role="group" aria-label={said.show} className="flex flex-wrap gap-1 sm:ml-auto">
      {kinds.map(({ kind, name, count }) => (
        <Button
          key={kind}
          variant={kind === shown ? "default" : "ghost"}
          size="sm"
          aria-pressed={kind === shown}
          onClick={() => onShow(kind)}
        >
          {name} <span className="font-normal tabular-nums">{formatCount(count)}</span>
        </Button>
      ))}
    </div>
  );
}
