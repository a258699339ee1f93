import type { components } from "@/api/schema.gen";
import { anId, type ReportJob } from "@/testing/factories";

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
    asked: {},
  };
}

export function resetDatabase(): void {
  Object.assign(database, empty());
}
