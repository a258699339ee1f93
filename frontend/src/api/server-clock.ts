/** The `Date` of an answer is to the second, and the answer was on its way for a while. */
const NOTHING_MS = 3000;

let aheadMs = 0;

/** Learn from an answer how far the server's clock is ahead of the reader's. */
export function hearClock({ headers }: Response): void {
  const told = Date.parse(headers.get("Date") ?? "");
  const heardMs = told - Date.now();
  // Kept while it is about the same, so that no time jumps to and fro with each answer.
  if (Math.abs(heardMs - aheadMs) > NOTHING_MS) {
    aheadMs = Math.abs(heardMs) > NOTHING_MS ? heardMs : 0;
  }
}

/** A moment of the reader's clock as the server would call it. */
export function onServerClock(moment: number): number {
  return moment + aheadMs;
}
