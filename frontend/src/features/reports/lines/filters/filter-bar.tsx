import { Keyboard, Search, X } from "lucide-react";
import { memo, type KeyboardEvent, type RefObject } from "react";

import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { useChart, type CodeField } from "@/features/reports/lines/chart-context";
import {
  hasOtherFilters,
  SORT_COLUMNS,
  TIERS,
  type LineSearch,
  type LineSort,
} from "@/features/reports/lines/filters/filters";
import { useSearchText } from "@/features/reports/lines/filters/use-search-text";
import { cn } from "@/lib/cn";
import { isPressed } from "@/lib/is-pressed";
import { words } from "@/words";

interface Props {
  search: LineSearch;
  isReviewing: boolean;
  sort: LineSort;
  /** How many lines still need a look. */
  left: number;
  /** What is undefined is taken away. */
  onFilter: (change: LineSearch) => void;
  onHelp: () => void;
  onLeave: () => void;
  field: RefObject<HTMLInputElement | null>;
}

export const NO_FILTERS: LineSearch = {
  q: undefined,
  tier: undefined,
  account: undefined,
  department: undefined,
};

const { filter } = words.review;

/** Which lines are shown, in which order; all of it stands in the address. */
export const FilterBar = memo(function FilterBar({ onFilter, ...props }: Props) {
  const { search, isReviewing, sort, left } = props;
  return (
    <div
      role="search"
      aria-label={filter.label}
      className="grid grid-cols-2 items-center gap-2 sm:flex sm:flex-wrap"
    >
      <Button
        variant="outline"
        aria-pressed={isReviewing}
        onClick={() => onFilter({ needsReview: !isReviewing })}
        className={cn("max-sm:col-span-2", isReviewing && "border-primary bg-primary/10")}
      >
        {filter.review(left)}
      </Button>
      <SearchField
        said={search.q ?? ""}
        field={props.field}
        onSearch={(q) => onFilter({ q: q === "" ? undefined : q })}
        onLeave={props.onLeave}
      />
      <TierSelect search={search} onFilter={onFilter} />
      <CodeSelect search={search} name="account" field="glCode" onFilter={onFilter} />
      <CodeSelect search={search} name="department" field="departmentCode" onFilter={onFilter} />
      <SortSelect sort={sort} onFilter={onFilter} />
      {hasOtherFilters(search) && (
        <Button variant="ghost" size="sm" onClick={() => onFilter(NO_FILTERS)}>
          <X aria-hidden />
          {filter.clear}
        </Button>
      )}
      <Button variant="ghost" size="sm" className="ml-auto max-lg:hidden" onClick={props.onHelp}>
        <Keyboard aria-hidden />
        {filter.keys}
      </Button>
    </div>
  );
});

interface SearchProps extends Pick<Props, "field" | "onLeave"> {
  said: string;
  onSearch: (q: string) => void;
}

function SearchField({ said, onSearch, onLeave, field }: SearchProps) {
  const { text, type } = useSearchText(said, onSearch);
  function leave(event: KeyboardEvent): void {
    if (isPressed("Escape", event) || isPressed("Enter", event)) {
      event.preventDefault();
      onLeave();
    }
  }
  return (
    <div className="relative max-sm:col-span-2 sm:w-56">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-3 left-3 size-4 text-muted-foreground"
      />
      <Input
        ref={field}
        type="search"
        aria-label={filter.searchHint}
        placeholder={filter.search}
        value={text}
        onValueChange={type}
        onKeyDown={leave}
        className="pl-9"
      />
    </div>
  );
}

type SelectProps = Pick<Props, "search" | "onFilter">;

function TierSelect({ search, onFilter }: SelectProps) {
  return (
    <Select
      aria-label={filter.tier}
      value={search.tier ?? ""}
      onChange={({ target }) => onFilter({ tier: TIERS.find((tier) => tier === target.value) })}
    >
      <option value="">{filter.anyTier}</option>
      {TIERS.map((tier) => (
        <option key={tier} value={tier}>
          {words.review.tier[tier]}
        </option>
      ))}
    </Select>
  );
}

const ANY = "any";
const CODE_WORDS = {
  account: { any: filter.anyAccount, none: filter.withoutAccount },
  department: { any: filter.anyDepartment, none: filter.withoutDepartment },
};

interface CodeSelectProps extends SelectProps {
  name: "account" | "department";
  field: CodeField;
}

function CodeSelect({ search, name, field, onFilter }: CodeSelectProps) {
  const { entries } = useChart();
  return (
    <Select
      aria-label={filter[name]}
      className="sm:max-w-48"
      value={search[name] ?? ANY}
      onChange={({ target }) =>
        onFilter({ [name]: target.value === ANY ? undefined : target.value })
      }
    >
      <option value={ANY}>{CODE_WORDS[name].any}</option>
      <option value="">{CODE_WORDS[name].none}</option>
      {entries[field].map(({ code, name: called }) => (
        <option key={code} value={code}>
          {words.review.line.code(code, called)}
        </option>
      ))}
    </Select>
  );
}

const SORTS: LineSort[] = SORT_COLUMNS.flatMap((column) => [column, `-${column}` as const]);

/** For screens without the heads of the columns. */
function SortSelect({ sort, onFilter }: Pick<Props, "sort" | "onFilter">) {
  return (
    <Select
      aria-label={filter.sort}
      className="lg:hidden"
      value={sort}
      onChange={({ target }) => onFilter({ sort: SORTS.find((each) => each === target.value) })}
    >
      {SORTS.map((each) => (
        <option key={each} value={each}>
          {words.review.sort[each]}
        </option>
      ))}
    </Select>
  );
}
