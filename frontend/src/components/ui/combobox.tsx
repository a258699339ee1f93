import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, ChevronDown } from "lucide-react";
import { useRef } from "react";

import { inputLooks } from "@/components/ui/input";
import { cn } from "@/lib/cn";
import { words } from "@/words";

export interface Option {
  value: string;
  label: string;
  /** Said beside the label, in small. */
  hint?: string | undefined;
}

/** Options under a heading; each option stands in one group only. */
export interface OptionGroup {
  value: string;
  items: readonly Option[];
}

interface Props {
  label: string;
  groups: readonly OptionGroup[];
  value: string | null;
  /** Null when what was chosen is cleared. */
  onChange: (value: string | null) => void;
  /** Told what was highlighted by keys when Tab goes on, if that is not `onChange` as well. */
  onTab?: (value: string) => void;
  placeholder?: string;
  disabled?: boolean;
  /** Opens at once, as in a cell that is being edited; the first match is highlighted. */
  defaultOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}

/** One of many, found by typing a part of its name. */
export function Combobox({ label, groups, value, onChange, className, ...props }: Props) {
  // What the pointer happens to rest on is nobody's choice.
  const byKeys = useRef<Option>(undefined);
  const { onTab = onChange } = props;
  const chosen = groups.flatMap(({ items }) => items).find((option) => option.value === value);
  return (
    <Base.Root<Option>
      items={groups}
      value={chosen ?? null}
      onValueChange={(option) => onChange(option?.value ?? null)}
      isItemEqualToValue={(one, other) => one.value === other.value}
      onItemHighlighted={(option, { reason }) => {
        byKeys.current = reason === "pointer" ? undefined : option;
      }}
      autoHighlight
      disabled={props.disabled ?? false}
      {...(props.defaultOpen === undefined ? {} : { defaultOpen: props.defaultOpen })}
      {...(props.onOpenChange === undefined ? {} : { onOpenChange: props.onOpenChange })}
    >
      <Base.InputGroup className={cn("relative grid", className)}>
        <Base.Input
          aria-label={label}
          placeholder={props.placeholder}
          className={inputLooks("pr-9")}
          onKeyDown={({ key, shiftKey }) => {
            const option = byKeys.current;
            if (key === "Tab" && !shiftKey && option !== undefined && option.value !== value) {
              onTab(option.value);
            }
          }}
        />
        <Base.Trigger
          aria-label={words.showAll(label)}
          className="absolute top-0 right-0 grid h-10 w-9 place-items-center text-muted-foreground"
        >
          <ChevronDown aria-hidden className="size-4" />
        </Base.Trigger>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner sideOffset={4} collisionPadding={12} className="z-60">
          <Base.Popup className="max-h-[min(var(--available-height),22rem)] w-(--anchor-width) max-w-(--available-width) min-w-64 overflow-y-auto rounded-lg border bg-card p-1 shadow-lg">
            <Base.Empty className="px-3 py-2 text-sm text-muted-foreground empty:hidden">
              {words.nothingFound}
            </Base.Empty>
            <Base.List>
              {(group: OptionGroup) => <Group key={group.value} group={group} />}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function Group({ group }: { group: OptionGroup }) {
  return (
    <Base.Group items={group.items}>
      <Base.GroupLabel className="px-3 pt-2 pb-1 text-xs font-medium text-muted-foreground">
        {group.value}
      </Base.GroupLabel>
      <Base.Collection>
        {(option: Option) => (
          <Base.Item
            key={option.value}
            value={option}
            className="grid cursor-default grid-cols-[1fr_auto] items-baseline gap-x-3 rounded-md px-3 py-1.5 text-sm outline-none data-highlighted:bg-accent"
          >
            <span className="flex items-center gap-2 wrap-anywhere">
              {option.label}
              <Base.ItemIndicator>
                <Check aria-hidden className="size-4" />
              </Base.ItemIndicator>
            </span>
            {option.hint !== undefined && (
              <span className="text-xs text-muted-foreground">{option.hint}</span>
            )}
          </Base.Item>
        )}
      </Base.Collection>
    </Base.Group>
  );
}
