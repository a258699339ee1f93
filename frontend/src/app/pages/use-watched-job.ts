import { useState } from "react";

/** The job that was seen running here stays in view when it has ended. */
export function useWatchedJob(activeJobId: string | null) {
  const [watched, watch] = useState(activeJobId);
  const [seen, setSeen] = useState(activeJobId);
  if (activeJobId !== seen) {
    setSeen(activeJobId);
    watch(activeJobId ?? watched);
  }
  return [watched, watch] as const;
}
