import { useState } from "react";

import type { Line, LineChange } from "@/features/reports/lines/api";
import { isAlreadySo, othersOfVendor, suggested } from "@/features/reports/lines/changes/changing";
import type { Chart } from "@/features/reports/lines/chart-context";
import type { Cursor } from "@/features/reports/lines/keys/use-cursor";
import type { useLineChanges } from "@/features/reports/lines/changes/use-line-changes";
import { words } from "@/words";

interface Options {
  lines: readonly Line[];
  /** How many lines that are not here yet need a look. */
  flaggedElsewhere: number;
  cursor: Cursor;
  chart: Chart;
  canEdit: boolean;
  changes: ReturnType<typeof useLineChanges>;
  announce: (text: string) => void;
}

const { said, stale } = words.review;

/** What the person decides of lines, and what is offered because of it. */
export function useDecisions({ lines, flaggedElsewhere, ...options }: Options) {
  const { cursor, chart, canEdit, changes, announce } = options;
  const offer = useVendorOffer(lines, changes, announce);
  const left = lines.filter(({ needsReview }) => needsReview).length + flaggedElsewhere;

  /** Nothing of a submitted report is changed, and that is said. */
  function ifAllowed(decide: () => void): void {
    if (canEdit) {
      decide();
    } else {
      announce(said.readOnly);
    }
  }

  function accept(line: Line): void {
    if (!line.needsReview) {
      announce(said.nothingToAccept);
      return;
    }
    cursor.nextFlagged();
    changes.change([line], { needsReview: false }, said.accepted(left - 1));
  }

  function take(line: Line, place: number): void {
    const set = suggested(line, place);
    if (set === undefined) {
      announce(said.noSuggestion);
      return;
    }
    cursor.nextFlagged();
    offer.after(line, set);
    const codes = chart.nameOf("glCode", set.glCode ?? null);
    changes.change([line], set, said.took(codes, line.needsReview ? left - 1 : left));
  }

  function set(line: Line, change: LineChange): void {
    // Choosing what stands there already is a verdict too, where the line waits for one.
    if (isAlreadySo(line, change) && !line.needsReview) {
      return;
    }
    offer.after(line, change);
    const [field] = Object.keys(change) as (keyof typeof stale.fields)[];
    changes.change([line], change, said.set(stale.fields[field ?? "glCode"]));
  }

  function acceptAll(selected: readonly Line[]): void {
    const waiting = selected.filter(canBeAccepted);
    if (waiting.length === 0) {
      announce(said.nothingToAccept);
      return;
    }
    const rest = left - waiting.length;
    changes.change(waiting, { needsReview: false }, said.acceptedMany(waiting.length, rest));
  }

  return {
    left,
    offer,
    accept: (line: Line) => ifAllowed(() => accept(line)),
    take: (line: Line, place: number) => ifAllowed(() => take(line, place)),
    set: (line: Line, change: LineChange) => ifAllowed(() => set(line, change)),
    acceptAll: (selected: readonly Line[]) => ifAllowed(() => acceptAll(selected)),
    setAll: (selected: readonly Line[], change: LineChange) =>
      ifAllowed(() => changes.change(selected, change, said.changed(selected.length))),
    undo: () => ifAllowed(changes.undo),
    ifAllowed,
  };
}

/** Nobody can stand behind a line that is filed nowhere. */
const canBeAccepted = ({ needsReview, glCode }: Line) => needsReview && glCode !== null;

/** After a line was filed elsewhere: its vendor's other lines, as long as they stand elsewhere. */
function useVendorOffer(
  lines: readonly Line[],
  changes: Options["changes"],
  announce: Options["announce"],
) {
  const [filed, setFiled] = useState<{ id: string; set: LineChange }>();
  const found = lines.find(({ id }) => id === filed?.id);
  // It may have been refused, or taken back: nothing follows from that.
  const line = found && filed && isAlreadySo(found, filed.set) ? found : undefined;
  const count = line === undefined ? 0 : othersOfVendor(lines, line).length;

  function ifOffered(take: (line: Line) => void): void {
    if (line === undefined || count === 0) {
      announce(said.noOffer);
      return;
    }
    setFiled(undefined);
    take(line);
  }

  return {
    line: count > 0 ? line : undefined,
    count,
    apply: () =>
      ifOffered((one) => {
        const { glCode, departmentCode } = one;
        changes.changeVendor(one, { glCode, departmentCode });
      }),
    always: () => ifOffered(changes.makeRuleOf),
    after: (changed: Line, set: LineChange) => {
      const isCode = set.glCode != null || set.departmentCode != null;
      setFiled(isCode && !isAlreadySo(changed, set) ? { id: changed.id, set } : undefined);
    },
    end: () => setFiled(undefined),
  };
}
