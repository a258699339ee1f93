import { useId } from "react";

import { Select } from "@/components/ui/select";
import { words } from "@/words";

interface Props<Value extends string> {
  label: string;
  /** Null where the file shows it by itself. */
  value: string | null;
  options: readonly Value[];
  name: (value: Value) => string;
  onChange: (value: Value | null) => void;
}

/** One of a few; "as the file shows" stands among them only where that is what was read. */
export function SelectField<Value extends string>({
  label,
  value,
  options,
  name,
  onChange,
}: Props<Value>) {
  const id = useId();
  return (
    <div className="grid content-start gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <Select
        id={id}
        value={value ?? ""}
        onChange={({ target }) =>
          onChange(options.find((option) => option === target.value) ?? null)
        }
      >
        {value === null && <option value="">{words.statements.reading.byItself}</option>}
        {options.map((option) => (
          <option key={option} value={option}>
            {name(option)}
          </option>
        ))}
      </Select>
    </div>
  );
}
