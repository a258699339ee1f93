import { Plus } from "lucide-react";
import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import type { ChartEntry } from "@/features/chart/api";
import type { Row } from "@/features/chart/editing";
import { words } from "@/words";

const say = words.settings.chart.edit;
/** More fields than these make a page slow, and nobody looks through them. */
const SHOWN = 100;

interface Props {
  title: string;
  rows: readonly Row[];
  onChange: (key: string, change: Partial<ChartEntry>) => void;
  onAdd: () => void;
}

/** Every entry with its fields; new ones stand first. */
export function ChartRows({ title, rows, onChange, onAdd }: Props) {
  const [query, look] = useState("");
  const search = words.settings.chart.search(title);
  const found = rows.filter((row) => row.isNew || fits(row.entry, query));
  const shown = found.slice(0, SHOWN);
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Input
          type="search"
          className="max-w-sm"
          aria-label={search}
          placeholder={search}
          value={query}
          onValueChange={look}
        />
        <Button variant="outline" onClick={onAdd}>
          <Plus aria-hidden />
          {say.add}
        </Button>
      </div>
      <Card className="p-0 sm:p-0">
        <ul aria-label={say.list}>
          {shown.map((row) => (
            <RowFields key={row.key} row={row} onChange={onChange} />
          ))}
        </ul>
      </Card>
      {found.length > shown.length && (
        <p role="status" className="text-sm text-muted-foreground">
          {say.more(found.length - shown.length)}
        </p>
      )}
    </div>
  );
}

function fits({ code, name, description }: ChartEntry, query: string): boolean {
  const text = `${code} ${name} ${description ?? ""}`.toLocaleLowerCase();
  return text.includes(query.trim().toLocaleLowerCase());
}

interface RowProps {
  row: Row;
  onChange: Props["onChange"];
}

function RowFields({ row: { key, isNew, entry }, onChange }: RowProps) {
  const label = (column: string) => say.of(column, isNew ? say.newCode : entry.code);
  return (
    <li className="grid grid-cols-[1fr_auto] items-center gap-2 border-b px-4 py-2.5 last:border-b-0 sm:grid-cols-[8rem_1fr_1fr_auto]">
      {isNew ? (
        <Input
          aria-label={label(say.code)}
          placeholder={say.code}
          value={entry.code}
          onValueChange={(code) => onChange(key, { code })}
        />
      ) : (
        <span className="text-sm tabular-nums wrap-anywhere">{entry.code}</span>
      )}
      <Switch
        className="sm:order-last"
        aria-label={label(say.active)}
        checked={entry.active}
        onCheckedChange={(active) => onChange(key, { active })}
      />
      <Input
        className="max-sm:col-span-2"
        aria-label={label(say.name)}
        placeholder={say.name}
        value={entry.name}
        onValueChange={(name) => onChange(key, { name })}
      />
      <Input
        className="max-sm:col-span-2"
        aria-label={label(say.description)}
        placeholder={say.description}
        value={entry.description ?? ""}
        onValueChange={(text) => onChange(key, { description: text === "" ? null : text })}
      />
    </li>
  );
}
