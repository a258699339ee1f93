import type { components } from "@/api/schema.gen";
import type { SentForm } from "@/testing/backend/statements";
import { anId, type ReportJob } from "@/testing/factories";
import { someAlerts } from "@/testing/admin-factories";
import {
  anApplication,
  aProvider,
  noTestedLines,
  type TestedLines,
} from "@/testing/settings-factories";
import { aPreview } from "@/testing/statement-factories";

type Schemas = components["schemas"];

/** What the pretended server knows; a test changes it as the worker or a person would. */
interface Database {
  me: Schemas["Me"] | null;
  signInOptions: Schemas["SignInOptions"];
  jobs: ReportJob[];
  periods: Schemas["PeriodOut"][];
  reports: Schemas["ReportOut"][];
  /** What the lines of each report add up to, by its id. */
  totals: Record<string, Schemas["CurrencyTotalsOut"][]>;
  /** Of the one report that a test is about. */
  lines: Schemas["LineOut"][];
  accounts: Schemas["ChartEntryOut"][];
  departments: Schemas["ChartEntryOut"][];
  /** What a preview of any file tells, before a person says something. */
  preview: Schemas["PreviewOut"];
  /** The forms that were looked at, and those that were imported. */
  previewed: SentForm[];
  imported: SentForm[];
  statements: Schemas["StatementOut"][];
  transactions: Schemas["TransactionOut"][];
  rules: Schemas["RuleOut"][];
  /** What a test of any rule finds; each list is paged as it is asked for. */
  ruleTest: TestedLines;
  /** What an application of any rule does. */
  ruleApplied: Schemas["RuleAppliedOut"];
  provider: Schemas["ProviderOut"];
  /** What is shown to administrators. */
  allJobs: Schemas["OwnedReportJobOut"][];
  people: Schemas["PersonOut"][];
  alerts: Schemas["AlertsOut"];
  delivery: Schemas["DeliveryOut"];
  /** The tag of each half of the chart; another one when somebody else has changed it. */
  chartTag: string;
  /** How often each route was asked: `GET /api/me`. */
  asked: Record<string, number>;
}

export const database: Database = empty();

function empty(): Database {
  return {
    me: { id: anId(), email: "ann@example.com", isAdmin: false },
    signInOptions: { mode: "local", signInUrl: null, signOutUrl: null },
    jobs: [],
    periods: [],
    reports: [],
    totals: {},
    lines: [],
    accounts: [],
    departments: [],
    preview: aPreview(),
    previewed: [],
    imported: [],
    statements: [],
    transactions: [],
    rules: [],
    ruleTest: noTestedLines(),
    ruleApplied: anApplication(),
    provider: aProvider(),
    allJobs: [],
    people: [],
    alerts: someAlerts(),
    delivery: { delivered: true, reason: null },
    chartTag: '"1"',
    asked: {},
  };
}

export function resetDatabase(): void {
  Object.assign(database, empty());
}
