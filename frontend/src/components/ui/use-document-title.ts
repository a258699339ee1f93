import { useEffect } from "react";

import { words } from "@/words";

/** What the tab, the history and a screen reader call the page. */
export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${words.appName}`;
    return () => {
      document.title = words.appName;
    };
  }, [title]);
}
