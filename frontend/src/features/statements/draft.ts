import { queryOptions, skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import type { PreviewRow, Statement, Upload } from "@/features/statements/api";

/** A file on its way in, with all that was said about it. */
export interface Draft extends Upload {
  id: string;
  /** As it was typed, which may be none (`isCurrency`). */
  currency: string;
  /** What came of it, once it is imported. */
  result?: { statement: Statement; rows: readonly PreviewRow[] } | undefined;
}

const CURRENCY = /^[A-Z]{3}$/;

/** Whether this can be a currency, or leaves it to the file. */
export function isCurrency(typed: string): boolean {
  return typed === "" || CURRENCY.test(typed);
}

export type SetDraft = (change: (draft: Draft) => Draft | null) => void;

/**
 * It lives in the cache and not in the page: who looks something up on another page, or has to sign
 * in again in the middle, finds it as it was. Who signs out leaves nothing (`useSignOut`).
 */
const draftQuery = queryOptions({
  queryKey: ["statement-draft"],
  queryFn: skipToken,
  initialData: null as Draft | null,
  gcTime: Infinity,
});

let begun = 0;

export function useDraft() {
  const queries = useQueryClient();
  const { data: draft = null } = useQuery(draftQuery);
  const set: SetDraft = useCallback(
    (change) => {
      queries.setQueryData(draftQuery.queryKey, (before) => before && change(before));
    },
    [queries],
  );
  const begin = (file: File) => {
    // The card and currency said before hold on: it is the same file, mended, or the next month's.
    const { account = "", currency = "" } = draft ?? {};
    begun += 1;
    const fresh: Draft = { id: String(begun), file, account, currency, reading: {}, choices: {} };
    queries.setQueryData(draftQuery.queryKey, () => fresh);
  };
  return { draft, set, begin };
}
