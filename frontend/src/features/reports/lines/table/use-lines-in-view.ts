import { defaultRangeExtractor, useWindowVirtualizer, type Range } from "@tanstack/react-virtual";
import { useCallback, useLayoutEffect, useMemo, useState, type RefObject } from "react";

import type { Line } from "@/features/reports/lines/api";
import type { LineRowModel } from "@/features/reports/lines/table/columns";

/** What stands over the lines at the top and at the foot of the window. */
const HEAD_HEIGHT = 48;
const FOOT_HEIGHT = 72;

/** Which lines are drawn: those in view, and the current one, `at`. */
export function useLinesInView(
  body: RefObject<HTMLElement | null>,
  rows: readonly LineRowModel[],
  at: number,
) {
  const scrollMargin = useTopOf(body);
  const heights = useMemo(() => {
    const isWide = globalThis.innerWidth >= WIDE;
    return rows.map(({ original }) => heightOf(original, isWide));
  }, [rows]);
  return useWindowVirtualizer({
    count: rows.length,
    estimateSize: useCallback((index: number) => heights[index] ?? ONE_ROW, [heights]),
    // The same function as long as the lines are the same: a new one has all places found anew.
    getItemKey: useCallback((index: number) => rows[index]?.id ?? index, [rows]),
    overscan: 6,
    scrollMargin,
    scrollPaddingStart: HEAD_HEIGHT,
    scrollPaddingEnd: FOOT_HEIGHT,
    // What has the focus must not go away because it was scrolled out of sight.
    rangeExtractor: (range: Range) => {
      const inView = defaultRangeExtractor(range);
      return at < 0 || inView.includes(at)
        ? inView
        : [...inView, at].sort((one, other) => one - other);
    },
    // Where nothing is laid out (a test), a line is as high as one row of text.
    measureElement: (row) => row.getBoundingClientRect().height || ONE_ROW,
  });
}

const WIDE = 1024;
const PADDING = 21;
const FIRST_ROW = 24;
const SMALL_ROW = 16;
const VERDICT = 50;
const CARD = 100;
const ONE_ROW = PADDING + FIRST_ROW;

/** About how high a line is drawn; it is measured once it is there. */
function heightOf(line: Line, isWide: boolean): number {
  const { vendor, note, description, originalDescription } = line;
  const small = [vendor !== null, description !== originalDescription, note !== null];
  const text = ONE_ROW + small.filter(Boolean).length * SMALL_ROW;
  const verdict = line.needsReview ? VERDICT : 0;
  return isWide ? Math.max(text, PADDING + verdict) : text + CARD + verdict;
}

/** How far the lines begin below the top of the page, whatever changes its height above them. */
function useTopOf(place: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      const box = place.current?.getBoundingClientRect();
      setTop(box === undefined ? 0 : Math.round(box.top + globalThis.scrollY));
    };
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(document.body);
    return () => watcher.disconnect();
  }, [place]);
  return top;
}
