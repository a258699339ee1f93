import { useCallback, useLayoutEffect, useRef } from "react";

/** A function that stays the same and does what the latest one does: rows are not drawn for it. */
export function useLatest<Args extends unknown[]>(
  callback: (...args: Args) => void,
): (...args: Args) => void {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  return useCallback((...args: Args) => latest.current(...args), []);
}
