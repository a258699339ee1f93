import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

import type { Choice, PreviewRow } from "@/features/statements/api";
import { rowGrid, RowLine } from "@/features/statements/row-line";
import { cn } from "@/lib/cn";
import { words } from "@/words";

const USUAL_HEIGHT = 49;

interface Props {
  rows: readonly PreviewRow[];
  choices: Readonly<Record<string, Choice>> | undefined;
  onChoose: ((row: number, choice: Choice | null) => void) | undefined;
}

/** As many rows as a file may have; only those in view are in the page. */
export function RowTable({ rows, choices, onChoose }: Props) {
  const place = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- it is read where it is made only
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => USUAL_HEIGHT,
    getItemKey: (index) => rows[index]?.row ?? index,
    overscan: 8,
  });
  const isDecided = onChoose === undefined;
  const grid = rowGrid({ isDecided });
  return (
    <div
      ref={place}
      role="group"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- who has only keys scrolls it too
      tabIndex={0}
      aria-label={words.statements.rows.scroll}
      className="max-h-[min(36rem,70dvh)] overflow-auto rounded-lg border"
    >
      <div role="table" aria-label={words.statements.rows.table} aria-rowcount={rows.length + 1}>
        <Heads isDecided={isDecided} />
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index];
            return (
              row !== undefined && (
                <div
                  key={key}
                  ref={virtual.measureElement}
                  role="row"
                  data-index={index}
                  aria-rowindex={index + 2}
                  className={cn(grid, "absolute inset-x-0 top-0 border-b")}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <RowLine row={row} choice={choices?.[row.row]} onChoose={onChoose} />
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Heads({ isDecided }: { isDecided: boolean }) {
  const { rows } = words.statements;
  return (
    <div role="rowgroup" className="sticky top-0 z-1 hidden border-b bg-card sm:block">
      <div
        role="row"
        aria-rowindex={1}
        className={cn(rowGrid({ isDecided }), "text-muted-foreground")}
      >
        {!isDecided && <Head className="text-center">{rows.import}</Head>}
        {isDecided && <span role="cell" />}
        <Head>{rows.date}</Head>
        <Head>{rows.description}</Head>
        <Head className="text-right">{rows.amount}</Head>
        <Head className="text-right">{rows.outcome}</Head>
      </div>
    </div>
  );
}

function Head({ className, children }: { className?: string; children: string }) {
  return (
    <span role="columnheader" className={cn("font-medium", className)}>
      {children}
    </span>
  );
}
