import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { previewQuery, type Preview } from "@/features/statements/api";
import { isCurrency, type Draft } from "@/features/statements/draft";

const PAUSE_MS = 250;

/**
 * What an import of the draft would do, looked at again after each change. Several changes in a
 * row are sent as one, an answer that is overtaken is dropped, and the last one stays in view.
 */
export function usePreview(draft: Draft) {
  const settled = useSettled(draft);
  // While what is typed is no currency, the file is shown as it is without one.
  const currency = isCurrency(settled.currency) ? settled.currency : "";
  const { data, error, isFetching, refetch } = useQuery(
    previewQuery(settled.id, { ...settled, currency }),
  );
  const [kept, keep] = useState<Preview | undefined>(data);
  if (data !== undefined && data !== kept) {
    keep(data);
  }
  const isLooking = isFetching || settled !== draft;
  return {
    preview: data ?? kept,
    error,
    isLooking,
    /** Shows exactly what an import would do now. */
    isCurrent: !isLooking && data !== undefined && error === null && currency === settled.currency,
    lookAgain: () => void refetch(),
  };
}

/** The value once it has not changed for a moment. */
function useSettled(draft: Draft): Draft {
  const [settled, settle] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => settle(draft), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  return settled;
}
