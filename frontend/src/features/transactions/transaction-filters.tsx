import { useCallback, useId } from "react";

import { DelayedInput } from "@/components/ui/delayed-input";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { TransactionSearch } from "@/features/transactions/search";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  search: TransactionSearch;
  /** The months there are, newest first. */
  periods: readonly string[];
  onSearch: (search: TransactionSearch) => void;
}

/** What to look for, and in which month. */
export function TransactionFilters({ search, periods, onSearch }: Props) {
  const month = useId();
  const { q = "", period } = search;
  const find = useCallback(
    (text: string) => onSearch({ ...(period === undefined ? {} : { period }), q: text }),
    [period, onSearch],
  );
  // A month of the address stays choosable, also when it has no transactions (any more).
  const months = period === undefined || periods.includes(period) ? periods : [period, ...periods];
  return (
    <search className="grid gap-4 sm:grid-cols-[1fr_14rem]">
      <Field label={words.transactions.search}>
        <DelayedInput type="search" maxLength={200} value={q} onCommit={find} />
      </Field>
      <div className="grid content-start gap-1.5">
        <label htmlFor={month} className="text-sm font-medium">
          {words.transactions.month}
        </label>
        <Select
          id={month}
          value={period ?? ""}
          onChange={({ target: { value } }) =>
            onSearch({ q, ...(value === "" ? {} : { period: value }) })
          }
        >
          <option value="">{words.transactions.allMonths}</option>
          {months.map((one) => (
            <option key={one} value={one}>
              {formatPeriod(one)}
            </option>
          ))}
        </Select>
      </div>
    </search>
  );
}
