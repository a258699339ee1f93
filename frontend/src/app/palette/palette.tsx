import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { Search, X } from "lucide-react";
import { useState } from "react";

import type { Command } from "@/app/palette/commands";
import { useCommands, type CommandGroup } from "@/app/palette/use-commands";
import { buttonLooks } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { words } from "@/words";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Go anywhere and do anything by typing a part of its name. */
export function Palette({ open, onOpenChange }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Viewport className="fixed inset-0 z-50 flex items-start justify-center px-4 pt-[12dvh] pb-4">
          <Dialog.Popup className="relative flex max-h-[min(32rem,76dvh)] w-full max-w-xl flex-col overflow-hidden rounded-xl border bg-card shadow-lg outline-none">
            <Dialog.Title className="sr-only">{words.palette.title}</Dialog.Title>
            <Commands onDone={() => onOpenChange(false)} />
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ onDone }: { onDone: () => void }) {
  const { groups, isLoading } = useCommands();
  const [query, setQuery] = useState("");
  return (
    <Autocomplete.Root
      open
      inline
      items={groups}
      value={query}
      onValueChange={(value, { reason }) => {
        // What is chosen is done, not written into the field.
        if (reason !== "item-press") {
          setQuery(value);
        }
      }}
      filter={fits}
      itemToStringValue={sayable}
      autoHighlight="always"
      keepHighlight
    >
      <SearchField />
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain border-t p-1">
        <Autocomplete.Empty className="px-3 py-6 text-center text-sm text-muted-foreground empty:hidden">
          {words.palette.nothing(query)}
        </Autocomplete.Empty>
        <Autocomplete.List>
          {(group: CommandGroup) => <Group key={group.value} group={group} onDone={onDone} />}
        </Autocomplete.List>
      </div>
      <footer className="flex flex-wrap items-center gap-2 border-t px-3 py-2 text-xs text-muted-foreground max-sm:hidden">
        <Kbd>↑</Kbd>
        <Kbd>↓</Kbd>
        <Kbd>Enter</Kbd>
        <span id="palette-hint">{words.palette.hint}</span>
        {isLoading && <span className="ml-auto">{words.palette.loading}</span>}
      </footer>
      <Autocomplete.Status className="sr-only">
        <Found />
      </Autocomplete.Status>
    </Autocomplete.Root>
  );
}

/** For who does not see the list grow shorter. */
function Found() {
  const groups = Autocomplete.useFilteredItems<CommandGroup>();
  const count = groups.reduce((sum, { items }) => sum + items.length, 0);
  return count > 0 && words.palette.found(count);
}

function SearchField() {
  return (
    <Autocomplete.InputGroup className="flex items-center gap-2 pr-2 pl-4">
      <Search aria-hidden className="size-4 shrink-0 text-muted-foreground" />
      <Autocomplete.Input
        aria-label={words.palette.search}
        aria-describedby="palette-hint"
        placeholder={words.palette.placeholder}
        className="h-12 min-w-0 flex-1 bg-transparent outline-none placeholder:text-muted-foreground"
      />
      <Dialog.Close
        aria-label={words.palette.close}
        className={buttonLooks({ variant: "ghost", size: "icon", className: "size-8" })}
      >
        <X aria-hidden />
      </Dialog.Close>
    </Autocomplete.InputGroup>
  );
}

function Group({ group, onDone }: { group: CommandGroup; onDone: () => void }) {
  return (
    <Autocomplete.Group items={group.items}>
      <Autocomplete.GroupLabel className="px-3 pt-2 pb-1 text-xs font-medium text-muted-foreground">
        {group.value}
      </Autocomplete.GroupLabel>
      <Autocomplete.Collection>
        {(command: Command) => (
          <Autocomplete.Item
            key={command.id}
            value={command}
            onClick={() => {
              onDone();
              command.run();
            }}
            className="flex min-h-9 cursor-default items-baseline justify-between gap-3 rounded-md px-3 py-2 text-sm outline-none data-highlighted:bg-accent"
          >
            <span className="wrap-anywhere">{command.label}</span>
            {command.hint !== undefined && (
              <span className="shrink-0 text-xs text-muted-foreground">{command.hint}</span>
            )}
          </Autocomplete.Item>
        )}
      </Autocomplete.Collection>
    </Autocomplete.Group>
  );
}

function sayable({ label, hint }: Command): string {
  return hint === undefined ? label : `${label} ${hint}`;
}

/** Each word that was typed, anywhere in the name: "jan rep" finds the report of January. */
function fits(command: Command, query: string): boolean {
  const name = sayable(command).toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => name.includes(word));
}
