import { useQueryClient } from "@tanstack/react-query";

import { troubleOf } from "@/api/problems";
import { useToasts } from "@/components/ui/toast";
import type { LineChange, Report } from "@/features/reports/lines/api";
import { besides, merged, type Share } from "@/features/reports/lines/changes/changing";
import { keptOf } from "@/features/reports/lines/changes/kept";
import { canBeSentAgain } from "@/features/reports/lines/changes/outcome";
import { withTyped } from "@/features/reports/lines/changes/typed";
import { words } from "@/words";

/** What was not stored is told with its reason; what may be stored yet can all be sent again. */
export function useUnsent(report: Report, send: (shares: Share[]) => void) {
  const toasts = useToasts();
  const { unsent } = keptOf({ queries: useQueryClient(), report });
  const toastId = `unsent-${report.id}`;

  /** One toast for all of them, however many there are. */
  function tellUnsent(error: unknown): void {
    const shares = [...unsent.values()];
    const { detail } = troubleOf(error);
    toasts.add({
      id: toastId,
      title: titleOf(shares),
      description: detail,
      timeout: 0,
      actionProps: { children: words.tryAgain, onClick: sendAgain },
      onClose: () => unsent.clear(),
    });
  }

  function sendAgain(): void {
    const shares = [...unsent.values()];
    unsent.clear();
    toasts.close(toastId);
    send(shares);
  }

  /** What the person decides of a line later stands: an old decision is not sent after it. */
  function decide({ line, set }: Share): void {
    const waiting = unsent.get(line.id);
    if (waiting === undefined) {
      return;
    }
    keepRest(waiting, [set]);
    if (unsent.size === 0) {
      toasts.close(toastId);
    }
  }

  function keepRest({ line, set }: Share, later: readonly LineChange[]): void {
    const rest = later.reduce(besides, set);
    if (Object.keys(rest).length === 0) {
      unsent.delete(line.id);
    } else {
      unsent.set(line.id, { line, set: rest });
    }
  }

  /** `later`: what was decided of a line while this was under way. */
  function add(error: unknown, shares: readonly Share[], later: (share: Share) => LineChange[]) {
    for (const share of shares) {
      const waiting = unsent.get(share.line.id);
      const set = waiting === undefined ? share.set : merged(waiting.set, share.set);
      keepRest({ line: waiting?.line ?? share.line, set }, later(share));
    }
    if (unsent.size > 0) {
      tellUnsent(error);
    }
  }

  return { add, decide };
}

export function titleOf(shares: readonly Share[]): string {
  const { notSaved, stale } = words.review;
  const fields = new Set(shares.flatMap(({ set }) => Object.keys(set) as (keyof LineChange)[]));
  const names = shares.map(({ line }) => line.description);
  return notSaved(
    [...fields].map((field) => stale.fields[field]),
    names,
  );
}

interface Refused {
  again?: () => void;
  /** The change, where nothing else keeps what was typed. */
  typed?: LineChange | undefined;
}

/** What was refused, each in its own toast: the same again would be refused again. */
export function useRefusals() {
  const toasts = useToasts();
  return (error: unknown, title: string, { again, typed = {} }: Refused = {}) => {
    const { detail } = troubleOf(error);
    const isWorthIt = again !== undefined && canBeSentAgain(error);
    const actionProps = isWorthIt ? { children: words.tryAgain, onClick: again } : undefined;
    toasts.add({ title, description: withTyped(detail, typed), actionProps, timeout: 0 });
  };
}
