import { useSyncExternalStore } from "react";

import type { StreamState } from "@/features/report-jobs/job-events";
import { words } from "@/words";

/** Says that what stands here may be a little old; gone by itself when it is not any more. */
export function ConnectionNotice({ stream }: { stream: StreamState }) {
  const isOnline = useSyncExternalStore(follow, () => navigator.onLine);
  if (stream !== "lost") {
    return null;
  }
  return (
    <p
      role="status"
      className="appear-later mb-4 rounded-md border border-warning/40 bg-warning/10 px-3 py-2 text-sm text-warning"
    >
      {isOnline ? words.connection.lost : words.connection.offline}
    </p>
  );
}

function follow(changed: () => void): () => void {
  globalThis.addEventListener("online", changed);
  globalThis.addEventListener("offline", changed);
  return () => {
    globalThis.removeEventListener("online", changed);
    globalThis.removeEventListener("offline", changed);
  };
}
