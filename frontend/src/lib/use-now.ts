import { useSyncExternalStore } from "react";

const STEP_MS = 5000;

/** The present moment, in steps of five seconds: enough for "5 minutes ago", and calm. */
export function useNow(): number {
  return useSyncExternalStore(tick, present);
}

function tick(changed: () => void): () => void {
  const timer = setInterval(changed, STEP_MS);
  return () => clearInterval(timer);
}

/** The end of the step, so that what was just done is never in the future by much. */
const present = () => Math.ceil(Date.now() / STEP_MS) * STEP_MS;
