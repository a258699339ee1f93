import type { Line, LineChange } from "@/features/reports/lines/api";

/** What is changed of one line. */
export interface Share {
  /** The line as it was last heard of when this was decided. */
  line: Line;
  set: LineChange;
}

/** The same change of some lines: one call. */
export interface Step {
  lines: Line[];
  set: LineChange;
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

/** The fewest calls for all of them: lines of which the same is changed go together. */
export function together(shares: readonly Share[]): Step[] {
  const steps = new Map<string, Step>();
  for (const { line, set } of shares) {
    const key = JSON.stringify(set);
    const step = steps.get(key) ?? { lines: [], set };
    step.lines.push(line);
    steps.set(key, step);
  }
  return [...steps.values()];
}

/** Two decisions of one line as one: codes that are set later answer an earlier flag. */
export function merged({ needsReview, ...others }: LineChange, later: LineChange): LineChange {
  const verdict = needsReview === undefined || setsCode(later) ? {} : { needsReview };
  return { ...others, ...verdict, ...later };
}

/** What a later decision of the same line leaves of an earlier one that was not stored. */
export function besides(earlier: LineChange, later: LineChange): LineChange {
  const decided = new Set(Object.keys(later));
  if (later.needsReview !== undefined) {
    decided.add("glCode").add("departmentCode"); // it was said of the codes that stood there
  }
  if (setsCode(later)) {
    decided.add("needsReview");
  }
  return Object.fromEntries(Object.entries(earlier).filter(([key]) => !decided.has(key)));
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
