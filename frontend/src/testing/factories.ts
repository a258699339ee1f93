import type { components } from "@/api/schema.gen";

type Schemas = components["schemas"];
export type ReportJob = Schemas["ReportJobOut"];
type Totals = Schemas["CurrencyTotalsOut"];

let last = 0;

/** Ids as the server makes them, the same in every run of a test. */
export function anId(): string {
  last += 1;
  return `00000000-0000-7000-8000-${String(last).padStart(12, "0")}`;
}

export function aJob(changes: Partial<ReportJob> = {}): ReportJob {
  return {
    id: anId(),
    period: "2026-01",
    status: "Pending",
    totalLines: 300,
    processedLines: 0,
    failedLines: 0,
    retryCount: 0,
    progressPercent: 0,
    statusMessage: "Job queued for processing",
    queuePosition: 0,
    estimatedCompletionAt: null,
    startedAt: null,
    completedAt: null,
    createdAt: "2026-02-01T09:00:00Z",
    generatedReportId: null,
    errorMessage: null,
    tiers: { rule: 0, memory: 0, similar: 0, model: 0, manual: 0 },
    usage: {
      calls: 0,
      rejectedCalls: 0,
      promptTokens: 0,
      completionTokens: 0,
      waitedSeconds: 0,
    },
    ...changes,
  };
}

export function aRunningJob(changes: Partial<ReportJob> = {}): ReportJob {
  return aJob({
    status: "Processing",
    processedLines: 150,
    progressPercent: 50,
    statusMessage: "Processing line 150 of 300",
    queuePosition: null,
    ...changes,
  });
}

export function aCompletedJob(changes: Partial<ReportJob> = {}): ReportJob {
  return aJob({
    status: "Completed",
    processedLines: 300,
    progressPercent: 100,
    statusMessage: "Report generated successfully",
    queuePosition: null,
    generatedReportId: anId(),
    completedAt: "2026-02-01T09:01:00Z",
    ...changes,
  });
}

export function aPeriod(changes: Partial<Schemas["PeriodOut"]> = {}): Schemas["PeriodOut"] {
  return {
    period: "2026-01",
    transactionCount: 140,
    totals: [{ amount: "6359.83", currency: "USD" }],
    reports: [],
    activeJobId: null,
    ...changes,
  };
}

export function aReport(changes: Partial<Schemas["ReportOut"]> = {}): Schemas["ReportOut"] {
  return {
    id: anId(),
    period: "2026-01",
    status: "Draft",
    totals: [{ amount: "6359.83", currency: "USD" }],
    lineCount: 140,
    needsReviewCount: 0,
    version: 1,
    createdAt: "2026-02-01T09:01:00Z",
    submittedAt: null,
    jobId: null,
    ...changes,
  };
}

export function aCodeTotal(changes: Partial<Totals["byAccount"][number]> = {}) {
  return { code: "66300", name: "Meals", lineCount: 2, amount: "30.00", ...changes };
}

export function aCurrencyTotal(changes: Partial<Totals> = {}): Totals {
  return {
    currency: "USD",
    lineCount: 3,
    amount: "130.00",
    byAccount: [aCodeTotal(), aCodeTotal({ code: "65100", name: "Airfare", amount: "100.00" })],
    byDepartment: [aCodeTotal({ code: "07", name: "Operations", lineCount: 3, amount: "130.00" })],
    ...changes,
  };
}
