import type { Line, LineChange } from "@/features/reports/lines/api";

/** One change to some lines. */
export interface Step {
  ids: readonly string[];
  set: LineChange;
  /** The version it was meant for, where that is not simply the one known when it is sent. */
  seen?: number | undefined;
}

/**
 * The line as it will be once the server has taken the change: shown until it answers. The server
 * has the same rules: codes answer the flag, unless the account is taken away.
 */
export function withChange(line: Line, set: LineChange): Line {
  const after = { ...line, ...set, description: descriptionAfter(line, set) };
  const needsReview = set.needsReview ?? asksAfter(line, set, after.glCode);
  const reviewReason = needsReview ? after.reviewReason : null;
  return { ...after, needsReview, reviewReason, editedByUser: set.needsReview !== true };
}

/** Without a description of the person's own, the bank's stands there. */
function descriptionAfter(line: Line, { description }: LineChange): string {
  return description === undefined ? line.description : (description ?? line.originalDescription);
}

const setsCode = (set: LineChange) => set.glCode !== undefined || set.departmentCode !== undefined;

function asksAfter(line: Line, set: LineChange, glCode: string | null): boolean {
  return setsCode(set) ? glCode === null : line.needsReview;
}

/** What brings the line back to what it was before the change. */
export function wayBack(before: Line, set: LineChange): LineChange {
  return {
    ...(set.glCode !== undefined && { glCode: before.glCode }),
    ...(set.departmentCode !== undefined && { departmentCode: before.departmentCode }),
    ...(set.vendor !== undefined && { vendor: before.vendor }),
    ...(set.note !== undefined && { note: before.note }),
    ...(set.description !== undefined && { description: ownDescription(before) }),
    ...((setsCode(set) || set.needsReview !== undefined) && { needsReview: before.needsReview }),
  };
}

/** Null where the bank's words stand: they then stand there again. */
function ownDescription({ description, originalDescription }: Line): string | null {
  return description === originalDescription ? null : description;
}

/** The fewest steps that bring all lines back: lines with the same way back go together. */
export function stepsBack(before: readonly Line[], set: LineChange): Step[] {
  const together = new Map<string, { ids: string[]; set: LineChange }>();
  for (const line of before) {
    const back = wayBack(line, set);
    const key = JSON.stringify(back);
    const step = together.get(key) ?? { ids: [], set: back };
    step.ids.push(line.id);
    together.set(key, step);
  }
  return [...together.values()];
}

/** Whether the change would make no difference. */
export function isAlreadySo(line: Line, set: LineChange): boolean {
  const after = withChange(line, set);
  return (Object.keys(set) as (keyof LineChange)[]).every((key) => line[key] === after[key]);
}

const nameOf = ({ vendor, originalDescription }: Line) =>
  (vendor ?? "").trim().toLowerCase() || originalDescription.trim().toLowerCase();

/**
 * Other lines of this vendor that stand on other codes and are not the person's own. The server
 * tells merchants apart by more than what is shown here, so this only decides what is offered.
 */
export function othersOfVendor(lines: readonly Line[], line: Line): Line[] {
  const name = nameOf(line);
  return lines.filter(
    (other) =>
      other.id !== line.id &&
      !other.editedByUser &&
      nameOf(other) === name &&
      (other.glCode !== line.glCode || other.departmentCode !== line.departmentCode),
  );
}

/** The codes of a suggestion, as a change. */
export function suggested(line: Line, place: number): LineChange | undefined {
  const suggestion = line.suggestions[place];
  return (
    suggestion && {
      glCode: suggestion.glCode,
      departmentCode: suggestion.departmentCode ?? line.departmentCode,
    }
  );
}
