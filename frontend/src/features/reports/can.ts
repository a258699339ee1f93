import type { Report, ReportTotals } from "@/features/reports/api";
import { words } from "@/words";

/** Whether something can be done with a report as it stands; when not, why not. */
export type Permit = { isAllowed: true } | { isAllowed: false; reason: string };

const YES: Permit = { isAllowed: true };
const no = (reason: string): Permit => ({ isAllowed: false, reason });

/** Lines, notes and codes. */
export function canEdit({ status }: Report): Permit {
  return status === "Draft" ? YES : no(words.report.cannot.editSubmitted);
}

/** Flagged lines are no hindrance: the person is asked whether they may go along. */
export function canSubmit({ status, lineCount }: Report): Permit {
  if (status === "Submitted") {
    return no(words.report.cannot.submitAgain);
  }
  return lineCount > 0 ? YES : no(words.report.cannot.submitEmpty);
}

export function canReopen({ status }: Report): Permit {
  return status === "Submitted" ? YES : no(words.report.cannot.reopenDraft);
}

export function canDelete({ status }: Report): Permit {
  return status === "Draft" ? YES : no(words.report.cannot.deleteSubmitted);
}

/** A journal books every line on an account, so each must have one. */
export function canExportJournal(totals: ReportTotals | undefined): Permit {
  const missing = totals === undefined ? 0 : withoutAccount(totals);
  return missing === 0 ? YES : no(words.report.cannot.journal(missing));
}

/** How many lines have no account yet. */
export function withoutAccount({ currencies }: ReportTotals): number {
  return currencies
    .flatMap(({ byAccount }) => byAccount)
    .filter(({ code }) => code === null)
    .reduce((sum, { lineCount }) => sum + lineCount, 0);
}
