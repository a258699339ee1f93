import { useNavigate } from "@tanstack/react-router";

import type { Question } from "@/features/reports/search";

/** Asks a question of the report page; it has an address, so "back" closes it. */
export function useAsk(): (question: Question) => void {
  const navigate = useNavigate({ from: "/reports/$reportId" });
  return (ask) => {
    void navigate({ search: (now) => ({ ...now, ask }), resetScroll: false });
  };
}
