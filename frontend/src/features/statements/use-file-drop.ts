import { useEffect, useEffectEvent, useState } from "react";

/**
 * The whole page takes a file that is dropped on it: one that falls beside the zone would otherwise
 * be opened by the browser, in place of the page. Of several it takes the first, and says so.
 */
export function useFileDrop(onFiles: (first: File, others: number) => void): boolean {
  const [isOver, setOver] = useState(false);
  const take = useEffectEvent((event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [first, ...others] = event.dataTransfer?.files ?? [];
    if (first !== undefined) {
      onFiles(first, others.length);
    }
  });
  const hover = useEffectEvent((event: DragEvent) => {
    event.preventDefault(); // only then is there a drop
    setOver(event.dataTransfer?.types.includes("Files") ?? false);
  });
  // Only leaving the window has nowhere to go.
  const leave = useEffectEvent((event: DragEvent) => setOver(event.relatedTarget !== null));

  useEffect(() => {
    const ends = new AbortController();
    const { signal } = ends;
    globalThis.addEventListener("dragover", (event) => hover(event), { signal });
    globalThis.addEventListener("dragleave", (event) => leave(event), { signal });
    globalThis.addEventListener("drop", (event) => take(event), { signal });
    return () => ends.abort();
  }, []);
  return isOver;
}
