import { useQueryClient } from "@tanstack/react-query";

import type { Line, LineChange, Report } from "@/features/reports/lines/api";
import type { Share } from "@/features/reports/lines/changes/changing";
import type { Sender } from "@/features/reports/lines/changes/kept";
import { canBeSentAgain, type Outcome } from "@/features/reports/lines/changes/outcome";
import { decidedLater, type Operation } from "@/features/reports/lines/changes/queue";
import { sendShares } from "@/features/reports/lines/changes/sending";
import { useLateChanges } from "@/features/reports/lines/changes/use-late-changes";
import { useSending } from "@/features/reports/lines/changes/use-sending";
import { useTakingBack } from "@/features/reports/lines/changes/use-taking-back";
import type { Done } from "@/features/reports/lines/changes/use-undo";
import { titleOf, useRefusals, useUnsent } from "@/features/reports/lines/changes/use-unsent";
import { storedLines } from "@/features/reports/lines/use-lines";
import { words } from "@/words";

interface Options {
  report: Report;
  onChanged: () => void;
  /** Which line was brought back: the place to go on from. */
  onUndone: (line: Line) => void;
}

const { said } = words.review;

/** Changes of lines: shown at once, told, and all of them undoable. */
export function useLineChanges({ report, onChanged, onUndone }: Options) {
  const to: Sender = { queries: useQueryClient(), report };
  const sayWhyNot = useRefusals();
  const { perform, ...questions } = useSending(report, onChanged);
  const onDecided = (share: Share) => unsent.decide(share);
  const undoing = useTakingBack({ to, perform, onUndone, onDecided });
  const late = useLateChanges({ to, perform, undoing });
  const unsent = useUnsent(report, (shares) => changeEach(shares, said.changed(shares.length)));

  /** Change these lines as they are shown; `text` is what the person hears. */
  function change(lines: readonly Line[], set: LineChange, text: string): void {
    changeEach(
      lines.map((line) => ({ line, set })),
      text,
    );
  }

  /** Change each of these lines in its own way. */
  function changeEach(shown: readonly Share[], text: string): void {
    shown.forEach(unsent.decide);
    void send(asHeard(to, shown), undoing.begin({ said: text, shares: shown }));
  }

  async function send(shares: readonly Share[], entry: Done): Promise<void> {
    const isWanted = () => undoing.isThere(entry);
    async function run(operation: Operation): Promise<Outcome> {
      const outcome = await sendShares({ ...to, operation }, shares);
      if (isWanted()) {
        refuse(outcome, entry, operation);
      }
      undoing.settle(entry, outcome);
      return outcome;
    }
    await perform({ shares, joined: new Set(), isWanted, run });
  }

  function refuse({ done, failed, stale, leftAlone }: Outcome, entry: Done, operation: Operation) {
    const isNothing = done.length === 0 && leftAlone.length > 0;
    if (failed.length > 0 || stale.length > 0 || isNothing) {
      undoing.unsay(entry);
    }
    for (const { error, shares } of failed) {
      if (canBeSentAgain(error)) {
        unsent.add(error, shares, (share) => decidedLater(to, operation, share));
      } else {
        sayWhyNot(error, titleOf(shares), { typed: shares[0]?.set });
      }
    }
  }

  return { change, changeEach, ...late, undo: () => undoing.undo(), ...questions };
}

/** Each line as the server told it last, not as it is shown while changes are under way. */
function asHeard(to: Sender, shares: readonly Share[]): Share[] {
  const stored = new Map(storedLines(to.queries, to.report).map((line) => [line.id, line]));
  return shares.map(({ line, set }) => {
    const heard = stored.get(line.id);
    return { line: heard?.version === line.version ? heard : line, set };
  });
}
