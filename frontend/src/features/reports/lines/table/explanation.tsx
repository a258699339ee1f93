import { Popover } from "@/components/ui/popover";
import type { Line } from "@/features/reports/lines/api";
import { useChart } from "@/features/reports/lines/chart-context";
import { formatPercent } from "@/lib/percent";
import { words } from "@/words";

interface Props {
  line: Line;
  /** The badge that was pressed; the focus goes back there. */
  anchor: Element | null;
  onClose: () => void;
}

/** Why a line stands where it does, and where else it could. */
export function Explanation({ line, anchor, onClose }: Props) {
  const { tierMeans, why, confidence } = words.review;
  return (
    <Popover open anchor={anchor} onOpenChange={(isOpen) => !isOpen && onClose()} title={why}>
      <p>{line.explanation ?? tierMeans[line.tier]}</p>
      {line.confidence !== null && !line.editedByUser && (
        <p className="text-muted-foreground">{confidence(formatPercent(line.confidence))}</p>
      )}
      <Likely line={line} />
    </Popover>
  );
}

function Likely({ line }: { line: Line }) {
  const { nameOf } = useChart();
  if (line.suggestions.length === 0) {
    return null;
  }
  return (
    <div className="grid gap-1">
      <h3 className="font-medium">{words.review.otherwise}</h3>
      <ol className="grid gap-1">
        {line.suggestions.map(({ glCode, departmentCode = null, confidence }) => (
          <li key={`${glCode}/${departmentCode ?? ""}`} className="flex justify-between gap-4">
            <span>
              {nameOf("glCode", glCode)}
              {departmentCode !== null && `, ${nameOf("departmentCode", departmentCode)}`}
            </span>
            <span className="text-muted-foreground tabular-nums">{formatPercent(confidence)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
