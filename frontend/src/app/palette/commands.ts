import { createContext, useContext, useEffect, useSyncExternalStore } from "react";

/** Something that can be found by its name and done. */
export interface Command {
  /** The same for the same thing, whatever it is called just now. */
  id: string;
  label: string;
  /** Said beside the label, and found as well. */
  hint?: string | undefined;
  run: () => void;
}

/** What the page in view offers: it says so itself, so that the palette knows no page. */
export class PageCommands {
  #offered: readonly Command[] = [];
  readonly #followers = new Set<() => void>();

  offer = (commands: readonly Command[]): void => {
    this.#offered = commands;
    this.#followers.forEach((changed) => changed());
  };

  offered = (): readonly Command[] => this.#offered;

  follow = (changed: () => void): (() => void) => {
    this.#followers.add(changed);
    return () => this.#followers.delete(changed);
  };
}

/** Without a palette around it (a component in a test) a page offers to nobody. */
export const PageCommandsContext = createContext(new PageCommands());

/** Offer these in the palette as long as the page is in view; call it once in a page. */
export function usePageCommands(commands: readonly Command[]): void {
  const page = useContext(PageCommandsContext);
  // After each render: what a command does may depend on all of it.
  useEffect(() => page.offer(commands));
  useEffect(() => () => page.offer([]), [page]);
}

export function useOfferedCommands(): readonly Command[] {
  const page = useContext(PageCommandsContext);
  return useSyncExternalStore(page.follow, page.offered);
}
