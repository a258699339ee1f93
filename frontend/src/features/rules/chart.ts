import type { Option, OptionGroup } from "@/components/ui/combobox";
import { words } from "@/words";

/** An account or a department, as the chart of the application has it. */
export interface Code {
  code: string;
  name: string;
  active: boolean;
}

export interface Chart {
  accounts: readonly Code[];
  departments: readonly Code[];
}

/** What can be chosen; a code out of use only where it is what the rule says now. */
export function choices(codes: readonly Code[], chosen: string): OptionGroup[] {
  const inUse = codes.filter(({ active }) => active).map(option);
  const old = codes.filter(({ code, active }) => !active && code === chosen).map(option);
  const { inUse: used, outOfUse } = words.rules;
  return [
    { value: used, items: inUse },
    ...(old.length > 0 ? [{ value: outOfUse, items: old }] : []),
  ];
}

const option = ({ code, name }: Code): Option => ({ value: code, label: `${code} ${name}` });

/** `66300 Meals`; the code alone when the chart does not have it. */
export function nameOf(codes: readonly Code[], code: string): string {
  const found = codes.find((each) => each.code === code);
  return found === undefined ? code : `${code} ${found.name}`;
}

/** Where something is filed: the account and, if it is said, the department. */
export function placeOf(chart: Chart, glCode: string | null, departmentCode: string | null) {
  const account = glCode === null ? words.rules.noAccount : nameOf(chart.accounts, glCode);
  return departmentCode === null
    ? account
    : `${account} · ${nameOf(chart.departments, departmentCode)}`;
}
