import { Check, CircleCheck, Flag } from "lucide-react";

import { Badge } from "@/components/ui/badge";
import { useAct } from "@/features/reports/lines/keys/actions";
import type { Line, Tier } from "@/features/reports/lines/api";
import { useChart } from "@/features/reports/lines/chart-context";
import { isAlreadySo, suggested } from "@/features/reports/lines/changes/changing";
import { Cell, PART } from "@/features/reports/lines/table/line-cells";
import { cn } from "@/lib/cn";
import { formatPercent } from "@/lib/percent";
import { words } from "@/words";

const TONES: Record<Tier, "good" | "active" | "warning" | "neutral"> = {
  rule: "good",
  memory: "good",
  similar: "active",
  model: "active",
  manual: "warning",
};

/** Who found the codes and how sure it is; a press says why. */
export function TierCell({ line }: { line: Line }) {
  const act = useAct();
  const isYours = line.editedByUser && !line.needsReview;
  return (
    <Cell className="order-4 max-lg:col-span-2 max-lg:col-start-2 lg:order-none">
      <button
        type="button"
        tabIndex={-1}
        data-part
        data-why
        aria-haspopup="dialog"
        onClick={() => act({ kind: "explain", line })}
        className={cn(PART, "flex min-h-6 items-center gap-2")}
      >
        <Badge tone={isYours ? "neutral" : TONES[line.tier]}>
          {isYours ? words.review.you : words.review.tier[line.tier]}
        </Badge>
        {line.confidence !== null && !isYours && (
          <span className="text-xs text-muted-foreground tabular-nums">
            {formatPercent(line.confidence)}
          </span>
        )}
        <span className="sr-only">{words.review.whyOf(line.description)}</span>
      </button>
    </Cell>
  );
}

/** Whether somebody must look at it, why, and what can be done at once. */
export function ReviewCell({ line, canEdit }: { line: Line; canEdit: boolean }) {
  return (
    <Cell className="order-5 max-lg:col-span-2 max-lg:col-start-2 lg:order-none">
      {line.needsReview ? <Flagged line={line} canEdit={canEdit} /> : <Settled line={line} />}
    </Cell>
  );
}

function Settled({ line }: { line: Line }) {
  const { yours, fine } = words.review.line;
  return (
    <span className="flex items-center gap-1.5 text-muted-foreground">
      <CircleCheck
        aria-hidden
        className={cn("size-4 shrink-0", line.editedByUser && "text-success")}
      />
      {line.editedByUser ? yours : fine}
    </span>
  );
}

function Flagged({ line, canEdit }: { line: Line; canEdit: boolean }) {
  const act = useAct();
  const { needsReview, accept, acceptShort } = words.review.line;
  return (
    <div className="grid justify-items-start gap-1.5">
      <span className="flex gap-1.5 text-warning">
        <Flag aria-hidden className="mt-0.5 size-4 shrink-0" />
        {line.reviewReason ?? needsReview}
      </span>
      {canEdit && (
        <div className="flex flex-wrap gap-1.5">
          <button
            type="button"
            tabIndex={-1}
            data-part
            aria-label={accept(line.description)}
            onClick={() => act({ kind: "accept", line })}
            className={cn(PART, CHIP, "font-medium")}
          >
            <Check aria-hidden className="size-3.5" />
            {acceptShort}
          </button>
          <Suggestions line={line} />
        </div>
      )}
    </div>
  );
}

const CHIP =
  "inline-flex min-h-6 items-center gap-1.5 rounded-md border border-input bg-card px-2 text-xs hover:bg-accent";

/** The likeliest codes; what stands there already is taken by accepting. */
function Suggestions({ line }: { line: Line }) {
  const act = useAct();
  const { nameOf } = useChart();
  return line.suggestions.map(({ glCode, departmentCode, confidence }, place) => {
    if (isAlreadySo(line, suggested(line, place) ?? {})) {
      return null;
    }
    const account = nameOf("glCode", glCode);
    const codes =
      departmentCode == null ? account : `${account}, ${nameOf("departmentCode", departmentCode)}`;
    return (
      <button
        key={`${glCode}/${departmentCode ?? ""}`}
        type="button"
        tabIndex={-1}
        data-part
        title={codes}
        aria-label={words.review.take(codes)}
        onClick={() => act({ kind: "take", line, place })}
        className={cn(PART, CHIP)}
      >
        <kbd className="font-mono text-muted-foreground max-lg:hidden">{place + 1}</kbd>
        <span className="max-w-40 truncate">{account}</span>
        <span className="text-muted-foreground tabular-nums">{formatPercent(confidence)}</span>
      </button>
    );
  });
}
