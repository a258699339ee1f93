import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button, buttonLooks } from "@/components/ui/button";
import type { ChartKind, SeenChart } from "@/features/chart/api";
import { ChartPreview, changesNothing } from "@/features/chart/chart-preview";
import { ChartRows } from "@/features/chart/chart-rows";
import { entriesOf } from "@/features/chart/editing";
import { useEditing } from "@/features/chart/use-editing";
import { ChartChanged } from "@/features/chart/use-replacing";
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
