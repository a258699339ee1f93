import type { LineAction } from "@/features/reports/lines/keys/actions";
import type { Line } from "@/features/reports/lines/api";
import type { Command } from "@/features/reports/lines/keys/keys";
import type { Parts } from "@/features/reports/lines/parts";

type On<Kind> = Extract<LineAction, { kind: Kind }>;
type Presses = { [Kind in LineAction["kind"]]: (parts: Parts, action: On<Kind>) => void };

const PRESSES: Presses = {
  visit: goThere,
  leave: leaveEditor,
  select: (parts, { line, isRange }) => {
    goThere(parts, { line });
    const { selectTo, toggle } = parts.selection;
    (isRange ? selectTo : toggle)(line.id);
  },
  edit: (parts, { line, field }) => {
    goThere(parts, { line });
    parts.view.edit(field);
  },
  explain: (parts, { line }) => {
    goThere(parts, { line });
    parts.view.explain(line.id);
  },
  accept: (parts, { line }) => {
    goThere(parts, { line });
    acceptOrAsk(parts, line);
  },
  take: ({ decisions }, { line, place }) => decisions.take(line, place),
  set: (parts, { line, set, isLast }) => {
    parts.decisions.set(line, set);
    if (isLast) {
      leaveEditor(parts);
    }
  },
};

/** What a press on a line does. */
export function perform<Kind extends LineAction["kind"]>(action: On<Kind>, parts: Parts): void {
  (PRESSES[action.kind] as (parts: Parts, action: On<Kind>) => void)(parts, action);
}

function goThere({ cursor, view }: Parts, { line }: { line: Line }): void {
  if (line.id !== cursor.current?.id) {
    view.edit(null);
    cursor.visit(line.id);
  }
}

function leaveEditor({ view, cursor }: Parts): void {
  view.edit(null);
  cursor.stay();
}

function editAccount({ decisions, cursor, view }: Parts): void {
  decisions.ifAllowed(() => {
    cursor.stay();
    view.edit("glCode");
  });
}

/** Nobody can stand behind a line that is filed nowhere: its account is asked for. */
function acceptOrAsk(parts: Parts, line: Line): void {
  if (line.glCode === null && line.needsReview) {
    editAccount(parts);
  } else {
    parts.decisions.accept(line);
  }
}

type General = "leave" | "undo" | "search" | "help";

/** Keys that are about no line. */
const GENERAL: Record<General, (parts: Parts) => void> = {
  leave: ({ decisions, selection }) => {
    decisions.offer.end();
    selection.clear();
  },
  undo: ({ decisions }) => decisions.undo(),
  search: ({ view }) => view.searchField.current?.focus(),
  help: ({ view }) => view.help(true),
};

const ON_LINE: Record<Exclude<Command, General>, (parts: Parts, line: Line) => void> = {
  next: ({ cursor }) => cursor.next(),
  previous: ({ cursor }) => cursor.previous(),
  first: ({ cursor }) => cursor.first(),
  last: ({ cursor }) => cursor.last(),
  accept: acceptOrAsk,
  take1: ({ decisions }, line) => decisions.take(line, 0),
  take2: ({ decisions }, line) => decisions.take(line, 1),
  take3: ({ decisions }, line) => decisions.take(line, 2),
  edit: editAccount,
  vendor: ({ decisions }) => decisions.offer.apply(),
  always: ({ decisions }) => decisions.offer.always(),
  select: ({ decisions, selection }, { id }) => decisions.ifAllowed(() => selection.toggle(id)),
  range: ({ decisions, selection }, { id }) => decisions.ifAllowed(() => selection.selectTo(id)),
  all: ({ decisions, selection }) => decisions.ifAllowed(() => selection.selectAll()),
  bulk: ({ view }) => view.bulkBar.current?.querySelector("input")?.focus(),
  acceptAll: ({ decisions, selection }) => decisions.acceptAll(selection.selected),
  explain: ({ view }, { id }) => view.explain(id),
};

/** What a key does, most of them to the current line. */
export function obey(command: Command, parts: Parts): void {
  const line = parts.cursor.current;
  if (command !== "edit") {
    parts.view.edit(null); // whose keys are heard here has left the editor
  }
  if (isGeneral(command)) {
    GENERAL[command](parts);
  } else if (line !== undefined) {
    ON_LINE[command](parts, line);
  }
}

function isGeneral(command: Command): command is General {
  return command in GENERAL;
}
