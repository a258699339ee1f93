import { useRef, useState } from "react";

import type { Field } from "@/features/reports/lines/keys/actions";

/** What is open. */
export function useView() {
  const [editing, edit] = useState<Field | null>(null);
  const [explained, setExplained] = useState<{ id: string; anchor: Element | null }>();
  const [isHelping, help] = useState(false);
  return {
    editing,
    edit,
    explained,
    explain: (id: string) => {
      const anchor = document.querySelector(`[data-line="${id}"] [data-why]`);
      setExplained({ id, anchor });
    },
    endExplanation: () => setExplained(undefined),
    isHelping,
    help,
    searchField: useRef<HTMLInputElement>(null),
    bulkBar: useRef<HTMLDivElement>(null),
  };
}
