import { ProblemError } from "@/api/problem-error";
import type { Rule, RuleContent } from "@/features/rules/api";
import { words } from "@/words";

export const CONDITIONS = [
  "merchantContains",
  "pattern",
  "amountMin",
  "amountMax",
  "currency",
  "sourceCategory",
  "account",
] as const;
const OUTCOMES = ["glCode", "departmentCode", "vendor", "description"] as const;
export const FIELDS = ["name", ...CONDITIONS, ...OUTCOMES] as const;
export type RuleField = (typeof FIELDS)[number];

/** A rule as it stands in the form: nothing is an empty text. */
export type RuleDraft = Record<RuleField, string> & { active: boolean };
export type FieldProblems = Partial<Record<RuleField, string>>;

export const EMPTY_DRAFT: RuleDraft = {
  name: "",
  active: true,
  merchantContains: "",
  pattern: "",
  amountMin: "",
  amountMax: "",
  currency: "",
  sourceCategory: "",
  account: "",
  glCode: "",
  departmentCode: "",
  vendor: "",
  description: "",
};

export function draftOf(rule: Rule): RuleDraft {
  const texts = Object.fromEntries(FIELDS.map((field) => [field, rule[field] ?? ""]));
  return { ...EMPTY_DRAFT, ...texts, active: rule.active };
}

export function contentOf(draft: RuleDraft): RuleContent {
  const texts = Object.fromEntries(FIELDS.map((field) => [field, draft[field].trim() || null]));
  return { ...texts, glCode: draft.glCode, active: draft.active };
}

/** What differs between two drafts, in the order of the form. */
export function differences(one: RuleDraft, other: RuleDraft): (RuleField | "active")[] {
  const texts = FIELDS.filter((field) => one[field].trim() !== other[field].trim());
  return one.active === other.active ? texts : [...texts, "active"];
}

const AMOUNT = /^-?\d{1,12}(\.\d{1,4})?$/;

/** What can be said before the server is asked. */
export function problemsOf(draft: RuleDraft): FieldProblems {
  const { problem } = words.rules;
  const found: FieldProblems = {};
  if (CONDITIONS.every((field) => draft[field].trim() === "")) {
    found.merchantContains = problem.noCondition;
  }
  for (const field of ["amountMin", "amountMax"] as const) {
    const amount = draft[field].trim();
    if (amount !== "" && !AMOUNT.test(amount)) {
      found[field] = problem.amount;
    }
  }
  if (draft.currency !== "" && !/^[A-Z]{3}$/.test(draft.currency)) {
    found.currency = problem.currency;
  }
  if (draft.glCode === "") {
    found.glCode = problem.noAccount;
  }
  return found;
}

const BY_SLUG: Partial<Record<string, RuleField>> = {
  "rule-account-not-in-use": "glCode",
  "rule-department-not-in-use": "departmentCode",
};

/** What the server said about fields; empty when it is about something else. */
export function problemsIn(error: unknown): FieldProblems {
  if (!(error instanceof ProblemError)) {
    return {};
  }
  const { type = "", detail = error.message, errors = [] } = error.problem;
  const field = BY_SLUG[type.split("/").at(-1) ?? ""];
  const found: FieldProblems = field === undefined ? {} : { [field]: detail };
  for (const each of errors) {
    const named = FIELDS.find((known) => known === each.pointer.split("/").at(-1));
    if (named !== undefined) {
      found[named] = each.detail;
    }
  }
  return found;
}
