import type { components } from "@/api/schema.gen";
import { anId } from "@/testing/factories";

type Schemas = components["schemas"];
type Rule = Schemas["RuleOut"];
type Line = Schemas["TestedLineOut"];

export function aChartEntry(changes: Partial<Schemas["ChartEntryOut"]> = {}) {
  return { code: "66300", name: "Meals", description: null, active: true, ...changes };
}

export function aRule(changes: Partial<Rule> = {}): Rule {
  const merchantContains = changes.merchantContains ?? "blue bottle";
  return {
    id: anId(),
    position: 1,
    title: changes.name ?? merchantContains,
    name: null,
    active: true,
    merchantContains,
    pattern: null,
    amountMin: null,
    amountMax: null,
    currency: null,
    sourceCategory: null,
    account: null,
    glCode: "66300",
    departmentCode: null,
    vendor: null,
    description: null,
    problem: null,
    version: 1,
    updatedAt: "2026-02-01T09:00:00Z",
    ...changes,
  };
}

export function aTestedLine(changes: Partial<Line> = {}): Line {
  return {
    reportId: anId(),
    lineId: anId(),
    postedOn: "2026-01-14",
    originalDescription: "SQ *BLUE BOTTLE 0423",
    amount: "6.50",
    currency: "USD",
    glCode: "60100",
    departmentCode: "07",
    newGlCode: "66300",
    newDepartmentCode: "07",
    status: "Draft",
    why: "Your rule “blue bottle”",
    ...changes,
  };
}

/** Whole lists; the backend hands them out by the page. */
export type TestedLines = Record<Exclude<keyof Schemas["RuleTestOut"], "matched">, Line[]>;

export function noTestedLines(): TestedLines {
  return {
    wouldChange: [],
    alreadySo: [],
    keptEdited: [],
    keptSubmitted: [],
    keptByEarlierRule: [],
  };
}

export function anApplication(
  changes: Partial<Schemas["RuleAppliedOut"]> = {},
): Schemas["RuleAppliedOut"] {
  return {
    matched: 0,
    changed: 0,
    alreadySo: 0,
    keptEdited: 0,
    keptSubmitted: 0,
    keptByEarlierRule: 0,
    ...changes,
  };
}

export function aLimit(changes: Partial<Schemas["LimitOut"]> = {}): Schemas["LimitOut"] {
  return { amount: 60, windowSeconds: 60, source: "headers", remaining: 12, ...changes };
}

/** One that answers, and has nothing to wait for. */
export function aProvider(changes: Partial<Schemas["ProviderOut"]> = {}): Schemas["ProviderOut"] {
  return {
    configured: true,
    summary: "An AI service, gpt-4o-mini, proposes account, department and description.",
    model: "gpt-4o-mini",
    address: "https://api.example.com/v1",
    simulated: false,
    reachable: true,
    checkedAt: "2026-02-01T09:00:00Z",
    limits: { requests: aLimit(), tokens: null },
    concurrency: { allowed: 4, underWay: 0 },
    waiting: null,
    typicalLatency: { baseSeconds: 0.5, secondsPerLine: 0.3 },
    lastError: null,
    lastAnsweredAt: "2026-02-01T08:59:00Z",
    totals: {
      calls: 33,
      rejectedCalls: 2,
      failedCalls: 1,
      promptTokens: 43_247,
      completionTokens: 11_237,
      lines: 346,
    },
    ...changes,
  };
}

/** What stands where nothing is configured. */
export function noProvider(): Schemas["ProviderOut"] {
  return aProvider({
    configured: false,
    summary: "No AI service is configured.",
    model: null,
    address: null,
    reachable: null,
    checkedAt: null,
    limits: { requests: null, tokens: null },
    concurrency: { allowed: null, underWay: 0 },
    typicalLatency: null,
    lastAnsweredAt: null,
    totals: {
      calls: 0,
      rejectedCalls: 0,
      failedCalls: 0,
      promptTokens: 0,
      completionTokens: 0,
      lines: 0,
    },
  });
}
