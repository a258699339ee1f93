import { createContext, useContext, useMemo } from "react";

import type { ChartEntry } from "@/features/reports/lines/api";
import { words } from "@/words";

export type CodeField = "glCode" | "departmentCode";

/** The accounts and departments of the page, and what their codes are called. */
export interface Chart {
  entries: Record<CodeField, readonly ChartEntry[]>;
  /** `66300 Meals`; the word for none where there is no code. */
  nameOf: (field: CodeField, code: string | null) => string;
}

export const ChartContext = createContext<Chart>({
  entries: { glCode: [], departmentCode: [] },
  nameOf: (_, code) => code ?? words.review.line.none,
});

export const useChart = () => useContext(ChartContext);

interface Entries {
  accounts: readonly ChartEntry[];
  departments: readonly ChartEntry[];
}

export function useChartOf({ accounts, departments }: Entries): Chart {
  return useMemo(() => {
    const entries = { glCode: accounts, departmentCode: departments };
    const names = { glCode: namesOf(accounts), departmentCode: namesOf(departments) };
    return {
      entries,
      nameOf: (field, code) =>
        code === null
          ? words.review.line.none
          : words.review.line.code(code, names[field].get(code)),
    };
  }, [accounts, departments]);
}

const namesOf = (entries: readonly ChartEntry[]) =>
  new Map(entries.map(({ code, name }) => [code, name]));
