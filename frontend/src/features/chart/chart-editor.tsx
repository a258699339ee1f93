import { useState } from "react";

import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button, buttonLooks } from "@/components/ui/button";
import type { ChartEntry, ChartKind, NewChart, SeenChart } from "@/features/chart/api";
import { ChartPreview, changesNothing } from "@/features/chart/chart-preview";
import { ChartRows } from "@/features/chart/chart-rows";
import { entriesOf, newRow, onNewList, rowsOf } from "@/features/chart/editing";
import { ChartChanged, useReplacing } from "@/features/chart/use-replacing";
import { words } from "@/words";

const say = words.settings.chart.edit;

interface Props {
  kind: ChartKind;
  seen: SeenChart;
  onSaved: () => void;
}

/** Changes a list by hand or takes it from a file; what would change is shown before it is stored. */
export function ChartEditor({ kind, seen, onSaved }: Props) {
  const editing = useEditing(kind, seen, onSaved);
  const { preview, chart, file } = editing;
  return (
    <div className="grid gap-4">
      {editing.isStale && <Alert title={say.stale}>{say.staleHint}</Alert>}
      {editing.isUnreadable && <Alert title={say.notText}>{say.notTextHint}</Alert>}
      <Trouble error={editing.error} />
      {preview === undefined || chart === undefined ? (
        <>
          <FileButton onFile={(picked) => void editing.take(picked)} />
          <ChartRows
            title={words.settings.chart[kind].title}
            rows={editing.rows}
            onChange={editing.change}
            onAdd={editing.add}
          />
          <Button
            className="justify-self-start"
            disabled={editing.isBusy}
            focusableWhenDisabled
            onClick={() => editing.look({ entries: entriesOf(editing.rows) })}
          >
            {say.look}
          </Button>
        </>
      ) : (
        <>
          {file !== undefined && <p>{say.fromFile(file)}</p>}
          <ChartPreview changes={preview} />
          <div className="flex flex-wrap gap-2">
            <Button
              disabled={editing.isBusy || preview.rejected.length > 0 || changesNothing(preview)}
              focusableWhenDisabled
              onClick={() => editing.save(chart)}
            >
              {say.save}
            </Button>
            <Button variant="outline" onClick={editing.goOn}>
              {say.goOn}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

/** The rows, what they or a file would change, and what stands in the way. */
function useEditing(kind: ChartKind, first: SeenChart, onSaved: () => void) {
  const [seen, see] = useState(first);
  const [rows, setRows] = useState(() => rowsOf(first.entries));
  const [added, setAdded] = useState(0);
  const [chart, setChart] = useState<NewChart>();
  const [file, setFile] = useState<string>();
  const [isStale, setStale] = useState(false);
  const [isUnreadable, setUnreadable] = useState(false);
  const looking = useReplacing(kind, { dryRun: true });
  const saving = useReplacing(kind, { dryRun: false });

  function change(key: string, changes: Partial<ChartEntry>): void {
    setRows((known) =>
      known.map((row) => (row.key === key ? { ...row, entry: { ...row.entry, ...changes } } : row)),
    );
  }

  function add(): void {
    setRows((known) => [newRow(added), ...known]);
    setAdded(added + 1);
  }

  function goOn(): void {
    setChart(undefined);
    setFile(undefined);
    setStale(false);
    setUnreadable(false);
    looking.reset();
    saving.reset();
  }

  /** What was typed stays, on the list as it is now. */
  function meetNewList(error: Error): void {
    if (error instanceof ChartChanged) {
      setRows(onNewList(rows, seen.entries, error.now.entries));
      see(error.now);
      goOn();
      setStale(true);
    }
  }

  function look(wanted: NewChart, name?: string): void {
    goOn();
    setChart(wanted);
    setFile(name);
    looking.mutate({ chart: wanted, tag: seen.tag }, { onError: meetNewList });
  }

  async function take(picked: File): Promise<void> {
    const csv = textOf(await picked.arrayBuffer());
    if (csv === undefined) {
      goOn();
      setUnreadable(true);
    } else {
      look({ csv }, picked.name);
    }
  }

  function save(wanted: NewChart): void {
    saving.mutate({ chart: wanted, tag: seen.tag }, { onSuccess: onSaved, onError: meetNewList });
  }

  return {
    rows,
    chart,
    file,
    preview: looking.data,
    error: saving.error ?? looking.error,
    isStale,
    isUnreadable,
    isBusy: looking.isPending || saving.isPending,
    ...{ change, add, look, take, save, goOn },
  };
}

/** What the bytes say; nothing if they are no UTF-8: letters must not be stored as question marks. */
function textOf(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function Trouble({ error }: { error: Error | null }) {
  if (error === null || error instanceof ChartChanged) {
    return null;
  }
  const { title, detail } = troubleOf(error);
  return <Alert title={title}>{detail}</Alert>;
}

function FileButton({ onFile }: { onFile: (file: File) => void }) {
  return (
    <div className="grid gap-1.5">
      <label
        className={buttonLooks({
          variant: "outline",
          className:
            "relative cursor-pointer justify-self-start focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-primary",
        })}
      >
        {say.file}
        <input
          type="file"
          accept=".csv,text/csv"
          className="sr-only"
          onChange={({ target }) => {
            const picked = target.files?.[0];
            target.value = ""; // the same file, mended meanwhile, counts as well
            if (picked !== undefined) {
              onFile(picked);
            }
          }}
        />
      </label>
      <p className="text-sm text-muted-foreground">{say.fileHint}</p>
    </div>
  );
}
