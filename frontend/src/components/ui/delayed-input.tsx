import { useEffect, useState } from "react";

import { Input } from "@/components/ui/input";

const PAUSE_MS = 350;

interface Props extends Omit<Parameters<typeof Input>[0], "value" | "defaultValue" | "onChange"> {
  value: string;
  /** Told what was typed once the typing stops, and at once when the field is left. */
  onCommit: (value: string) => void;
}

/** An input whose every letter would ask too much of what listens to it. */
export function DelayedInput({ value, onCommit, ...props }: Props) {
  const [typed, type] = useState(value);
  const [known, know] = useState(value);
  if (value !== known) {
    know(value);
    type(value);
  }
  useEffect(() => {
    if (typed === value) {
      return undefined;
    }
    const timer = setTimeout(() => onCommit(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onCommit]);

  return (
    <Input
      {...props}
      value={typed}
      onValueChange={type}
      onBlur={() => typed !== value && onCommit(typed)}
    />
  );
}
