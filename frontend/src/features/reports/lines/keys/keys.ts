import { useEffect } from "react";

import { useLatest } from "@/lib/use-latest";
import type { words } from "@/words";

/** What a key does; the line it is about is the current one. */
export type Command =
  | "next"
  | "previous"
  | "first"
  | "last"
  | "accept"
  | "take1"
  | "take2"
  | "take3"
  | "edit"
  | "leave"
  | "undo"
  | "vendor"
  | "always"
  | "select"
  | "range"
  | "all"
  | "bulk"
  | "acceptAll"
  | "explain"
  | "search"
  | "help";

/** Keys that work wherever the focus is, except in a field. */
const EVERYWHERE: Partial<Record<string, Command>> = {
  j: "next",
  k: "previous",
  g: "first",
  G: "last",
  a: "accept",
  A: "acceptAll",
  "1": "take1",
  "2": "take2",
  "3": "take3",
  e: "edit",
  Escape: "leave",
  v: "vendor",
  r: "always",
  x: "select",
  X: "range",
  "*": "all",
  b: "bulk",
  i: "explain",
  "/": "search",
  "?": "help",
};

/** Keys that mean something else on a button or a link. */
const ON_LINES: Partial<Record<string, Command>> = {
  ArrowDown: "next",
  ArrowUp: "previous",
  Home: "first",
  End: "last",
};
const ON_A_LINE: Partial<Record<string, Command>> = { Enter: "edit", " ": "select" };

/** What a key that is held down goes on doing; nothing is decided of lines nobody looked at. */
const WHILE_HELD: ReadonlySet<Command> = new Set(["next", "previous"]);

type Keys = typeof words.review.keys;

interface Group {
  title: keyof Keys["groups"];
  entries: readonly { does: Exclude<keyof Keys, "groups">; pressed: readonly string[] }[];
}

/** The keys in the order of the help. */
export const HELP: readonly Group[] = [
  {
    title: "decide",
    entries: [
      { does: "accept", pressed: ["a"] },
      { does: "take", pressed: ["1", "2", "3"] },
      { does: "edit", pressed: ["e", "Enter"] },
      { does: "leave", pressed: ["Esc"] },
      { does: "undo", pressed: ["Ctrl Z"] },
      { does: "vendor", pressed: ["v"] },
      { does: "always", pressed: ["r"] },
    ],
  },
  {
    title: "move",
    entries: [
      { does: "next", pressed: ["j", "↓"] },
      { does: "previous", pressed: ["k", "↑"] },
      { does: "first", pressed: ["g"] },
      { does: "last", pressed: ["G"] },
      { does: "inside", pressed: ["→", "←"] },
    ],
  },
  {
    title: "many",
    entries: [
      { does: "select", pressed: ["x"] },
      { does: "range", pressed: ["X"] },
      { does: "all", pressed: ["*"] },
      { does: "acceptAll", pressed: ["A"] },
      { does: "bulk", pressed: ["b"] },
    ],
  },
  {
    title: "look",
    entries: [
      { does: "explain", pressed: ["i"] },
      { does: "search", pressed: ["/"] },
      { does: "help", pressed: ["?"] },
    ],
  },
];

/** Hear the keys of the review, unless the person types or something stands in front of the page. */
export function useKeys(onCommand: (command: Command) => void): void {
  const command = useLatest(onCommand);
  useEffect(() => {
    function hear(event: KeyboardEvent): void {
      const found = commandOf(event);
      if (found !== undefined) {
        event.preventDefault();
        if (!event.repeat || WHILE_HELD.has(found)) {
          command(found);
        }
      }
    }
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [command]);
}

const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const IN_FRONT = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox]";
const PRESSABLE = "button, a, input, summary";

function commandOf(event: KeyboardEvent): Command | undefined {
  const { target, key } = event;
  const at = target instanceof Element ? target : document.body;
  if (event.defaultPrevented || at.matches(FIELDS) || at.closest(IN_FRONT) !== null) {
    return undefined;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return isUndo(event) ? "undo" : undefined;
  }
  return keyAnywhere(event) ?? keyOnLine(at, key);
}

function keyAnywhere(event: KeyboardEvent): Command | undefined {
  return EVERYWHERE[event.key] ?? EVERYWHERE[latin(event)];
}

function isUndo(event: KeyboardEvent): boolean {
  return latin(event).toLowerCase() === "z" && !event.altKey && !event.shiftKey;
}

/**
 * What stands on the key where letters are Latin and digits need no Shift: who writes Cyrillic or
 * Greek, or has a French keyboard, presses the same places.
 */
function latin({ key, code, shiftKey }: KeyboardEvent): string {
  const [, digit] = /^Digit(\d)$/.exec(code) ?? [];
  if (digit !== undefined && !shiftKey) {
    return digit;
  }
  const [, letter] = /^Key([A-Z])$/.exec(code) ?? [];
  if (letter === undefined || /^[ -~]+$/.test(key)) {
    return key;
  }
  return shiftKey ? letter : letter.toLowerCase();
}

function keyOnLine(at: Element, key: string): Command | undefined {
  if (at !== document.body && at.closest("[role=grid]") === null) {
    return undefined;
  }
  return ON_LINES[key] ?? (at.matches(PRESSABLE) ? undefined : ON_A_LINE[key]);
}
