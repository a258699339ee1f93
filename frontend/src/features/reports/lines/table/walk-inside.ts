import type { KeyboardEvent } from "react";

/** The arrow keys lead from a line into its parts, from one to the next, and back out. */
export function walkInside(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const { target } = event;
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-line]") : null;
  if (step === undefined || row === null || isField(target)) {
    return;
  }
  event.preventDefault();
  const places = [row, ...row.querySelectorAll<HTMLElement>("[data-part]:not(:disabled)")];
  const now = places.findIndex((place) => place === target);
  places[Math.min(Math.max(now + step, 0), places.length - 1)]?.focus();
}

function isField(target: EventTarget): boolean {
  return target instanceof HTMLInputElement && target.type !== "checkbox";
}
