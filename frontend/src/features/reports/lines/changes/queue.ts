import { merged, type Share } from "@/features/reports/lines/changes/changing";
import type { Sender } from "@/features/reports/lines/changes/kept";
import type { Outcome } from "@/features/reports/lines/changes/outcome";
import { changeKey, type UnderWay } from "@/features/reports/lines/use-lines";
import type { LineChange } from "@/features/reports/lines/api";

/** A change that is under way or waits for its turn. */
export interface Operation extends UnderWay {
  run: (operation: Operation) => Promise<Outcome>;
  /** Lines of which a question is asked that this change has joined: it sends nothing of them. */
  joined: Set<string>;
  /** False once it was taken back: what is refused of it then needs no answer. */
  isWanted: () => boolean;
}

/** The changes that wait behind this one, the next one first. */
function behind({ queries, report }: Sender, operation: Operation): Operation[] {
  const all = queries
    .getMutationCache()
    .findAll({ mutationKey: changeKey(report.id), status: "pending" })
    .map(({ state }) => state.variables as Operation);
  return all.slice(all.indexOf(operation) + 1);
}

function laterOf(to: Sender, operation: Operation, id: string) {
  return behind(to, operation).flatMap((later) => {
    const share = later.joined.has(id)
      ? undefined
      : later.shares.find(({ line }) => line.id === id);
    return share === undefined ? [] : [{ later, share }];
  });
}

/** What was decided of the line after this change was decided. */
export function decidedLater(to: Sender, operation: Operation, { line }: Share): LineChange[] {
  return laterOf(to, operation, line.id).map(({ share }) => share.set);
}

/** All that was decided of this line until now, for one question about it. */
export function joinLater(to: Sender, operation: Operation, { line, set }: Share): LineChange {
  return laterOf(to, operation, line.id).reduce((mine, { later, share }) => {
    later.joined.add(line.id);
    return merged(mine, share.set);
  }, set);
}
