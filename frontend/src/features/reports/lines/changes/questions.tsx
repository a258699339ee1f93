import type { Line } from "@/features/reports/lines/api";
import { Explanation } from "@/features/reports/lines/table/explanation";
import { KeysDialog } from "@/features/reports/lines/keys/keys-dialog";
import { LeftAloneDialog } from "@/features/reports/lines/changes/left-alone-dialog";
import { StaleDialog } from "@/features/reports/lines/changes/stale-dialog";
import type { useReview } from "@/features/reports/lines/use-review";
import { words } from "@/words";

interface Props {
  review: ReturnType<typeof useReview>;
  lines: readonly Line[];
}

/** What stands in front of the lines: answers, and questions that only the person can answer. */
export function Questions({ review: { view, changes }, lines }: Props) {
  const { stale, leftAlone } = changes;
  const explained = lines.find(({ id }) => id === view.explained?.id);
  return (
    <>
      <KeysDialog open={view.isHelping} onOpenChange={view.help} />
      {explained !== undefined && (
        <Explanation
          line={explained}
          anchor={view.explained?.anchor ?? null}
          onClose={view.endExplanation}
        />
      )}
      {stale !== undefined && (
        <StaleDialog
          stale={stale}
          onKeepTheirs={changes.settleStale}
          onWriteMine={() => {
            changes.settleStale();
            const { current: line, mine: set } = stale;
            changes.changeEach([{ line, set }], words.review.said.changed(1));
          }}
        />
      )}
      {leftAlone !== undefined && (
        <LeftAloneDialog
          leftAlone={leftAlone}
          lines={lines}
          onLeave={changes.settleLeftAlone}
          onApply={(shares) => {
            changes.settleLeftAlone();
            changes.changeEach(shares, words.review.said.changed(shares.length));
          }}
        />
      )}
    </>
  );
}
