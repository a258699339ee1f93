import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { ChartChanges, ChartEntry } from "@/features/chart/api";
import { words } from "@/words";

const say = words.settings.chart.edit;
const SHOWN = 20;

/** What a new list would change, before anything is stored. */
export function ChartPreview({ changes }: { changes: ChartChanges }) {
  const { added, changed, deactivated, rejected, unchanged, isDrastic } = changes;
  return (
    <Card className="grid gap-4">
      <h2 className="font-semibold">{say.preview}</h2>
      {rejected.length > 0 && <p>{say.mend}</p>}
      <Part
        title={say.rejected}
        tone="bad"
        told={rejected.map(({ row, code, reason }) => say.row(row, code, reason))}
      />
      {isDrastic && <Alert title={say.drastic}>{say.drasticHint}</Alert>}
      <Part title={say.added} tone="good" told={added.map(wordsOf)} />
      <Part
        title={say.changed}
        tone="active"
        told={changed.map(({ was, becomes }) => say.becomes(wordsOf(was), wordsOf(becomes)))}
      />
      <Part title={say.deactivated} tone="warning" told={deactivated.map(wordsOf)} />
      {changesNothing(changes) && rejected.length === 0 && <p>{say.nothing}</p>}
      <p className="text-sm text-muted-foreground">{say.unchanged(unchanged)}</p>
    </Card>
  );
}

export function changesNothing({ added, changed, deactivated }: ChartChanges): boolean {
  return added.length + changed.length + deactivated.length === 0;
}

function wordsOf({ code, name, description, active }: ChartEntry): string {
  const rest = description === null ? "" : ` – ${description}`;
  return `${code} ${name}${rest}${active ? "" : ` (${words.settings.chart.outOfUse})`}`;
}

interface PartProps {
  title: string;
  tone: "good" | "active" | "warning" | "bad";
  told: readonly string[];
}

function Part({ title, tone, told }: PartProps) {
  if (told.length === 0) {
    return null;
  }
  return (
    <section aria-label={title} className="grid gap-1.5">
      <h3 className="flex items-center gap-2 text-sm font-medium">
        <Badge tone={tone}>{told.length}</Badge>
        {title}
      </h3>
      <ul className="grid gap-1 text-sm wrap-anywhere">
        {told.slice(0, SHOWN).map((each) => (
          <li key={each}>{each}</li>
        ))}
        {told.length > SHOWN && (
          <li className="text-muted-foreground">{say.andMore(told.length - SHOWN)}</li>
        )}
      </ul>
    </section>
  );
}
