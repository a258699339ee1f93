import type { components } from "@/api/schema.gen";
import type { SentForm } from "@/testing/backend/statements";
import { anId, type ReportJob } from "@/testing/factories";
import { aPreview } from "@/testing/statement-factories";

type Schemas = components["schemas"];

/** What the pretended server knows; a test changes it as the worker or a person would. */
interface Database {
  me: Schemas["Me"] | null;
  jobs: ReportJob[];
  periods: Schemas["PeriodOut"][];
  reports: Schemas["ReportOut"][];
  /** What the lines of each report add up to, by its id. */
  totals: Record<string, Schemas["CurrencyTotalsOut"][]>;
  accounts: Schemas["ChartEntryOut"][];
  departments: Schemas["ChartEntryOut"][];
  /** What a preview of any file tells, before a person says something. */
  preview: Schemas["PreviewOut"];
  /** The forms that were looked at, and those that were imported. */
  previewed: SentForm[];
  imported: SentForm[];
  statements: Schemas["StatementOut"][];
  transactions: Schemas["TransactionOut"][];
  /** How often each route was asked: `GET /api/me`. */
  asked: Record<string, number>;
}

export const database: Database = empty();

function empty(): Database {
  return {
    me: { id: anId(), email: "ann@example.com" },
    jobs: [],
    periods: [],
    reports: [],
    totals: {},
    accounts: [],
    departments: [],
    preview: aPreview(),
    previewed: [],
    imported: [],
    statements: [],
    transactions: [],
    asked: {},
  };
}

export function resetDatabase(): void {
  Object.assign(database, empty());
}
