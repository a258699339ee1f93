import { troubleOf } from "@/api/problems";
import type { Conflict, Line, LineChange } from "@/features/reports/lines/api";
import type { Share } from "@/features/reports/lines/changes/changing";

/** The line was changed elsewhere before our change came: the person decides. */
export interface Stale {
  mine: LineChange;
  current: Line;
}

/** A line that a change of many has left alone. */
export interface LeftAlone {
  conflict: Conflict;
  set: LineChange;
}

/** What was not stored, and why. */
export interface Failure {
  error: unknown;
  shares: Share[];
}

/** What became of a change. */
export interface Outcome {
  /** The lines as they were stored before, each with what was changed of it. */
  done: Share[];
  stale: Stale[];
  leftAlone: LeftAlone[];
  failed: Failure[];
  /** How many lines were changed, where only the server knows. */
  count?: number;
  /** It was not sent: what it follows from did not come about. */
  isDropped?: boolean;
}

export const nothing = (): Outcome => ({ done: [], stale: [], leftAlone: [], failed: [] });

/** Whether the same may be taken another time: after signing in again, too. */
export function canBeSentAgain(error: unknown): boolean {
  const { canRetry, kind } = troubleOf(error);
  return canRetry || kind === "signedOut";
}
