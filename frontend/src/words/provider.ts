import { counted, number } from "./counted";

/** The AI service, as people see it. */
export const provider = {
  title: "AI service",
  intro:
    "It is asked only about charges that no rule, nothing you filed before and no similar charge can settle.",
  state: {
    none: "Not configured",
    reachable: "It answers",
    unreachable: "It does not answer",
    failing: "Its last answer was an error",
    simulated: "Simulated",
  },
  simulatedHint:
    "This is a stand-in for trying things out, not a real AI service. What it decides is marked as simulated for good.",
  checked: (when: string) => `Last look: ${when}`,
  about: {
    title: "What it is",
    model: "Model",
    address: "Address",
    latency: "A question takes about",
    concurrency: "Questions at the same time",
    lastAnswer: "Last answer",
    never: "None yet",
    notMeasured: "Not measured yet",
    latencyOf: (base: string, line: string) => `${base}, and ${line} for each line`,
    concurrencyOf: (underWay: number, allowed: number | null) =>
      allowed === null
        ? `${number(underWay)} now; as many as its limits let through`
        : `${number(underWay)} now, ${number(allowed)} at most`,
  },
  limits: {
    title: "Its limits",
    intro: "Reports never ask more than this, all of them together.",
    none: "No limit is known. ExpenseFlow begins carefully and finds out.",
    requests: "Questions",
    tokens: "Tokens",
    leftOf: (left: string, all: string) => `${left} of ${all} left now`,
    holding: "What is held back",
  },
  totals: {
    title: "Since the beginning",
    calls: "Questions asked",
    lines: "Lines settled",
    rejected: "Turned away by its limit",
    failed: "Failed",
    promptTokens: "Tokens asked",
    completionTokens: "Tokens answered",
  },
  lastError: (when: string) => `Its last error, ${when}`,
  setUp: {
    title: "How to set one up",
    hint: "Any service with an OpenAI-compatible address will do. Set these variables on the machine that runs ExpenseFlow, then start it again:",
    variables:
      "EXPENSEFLOW_LLM_BASE_URL=https://…/v1\nEXPENSEFLOW_LLM_API_KEY=…\nEXPENSEFLOW_LLM_MODEL=gpt-4o-mini",
    more: "With only a key, the address of OpenAI is used. If you know its limits, say them with EXPENSEFLOW_LLM_RPM and EXPENSEFLOW_LLM_TPM; else ExpenseFlow learns them.",
  },
  now: {
    title: "The AI service right now",
    none: "None is configured. What rules, memory and similar charges cannot settle is left for you.",
    free: "Nothing is held back.",
    underWay: (count: number) => `${counted(count, "question is", "questions are")} on the way.`,
    outage: "It does not answer at present. The report waits while that may help.",
    limit: "Its limit is reached; the next question waits for it.",
    limitUntil: (when: string) => `Its limit is reached; the next question goes out ${when}.`,
  },
  kind: { requests: "requests", tokens: "tokens" },
  limit: (
    { amount, kind }: { amount: string; kind: string },
    { span, source }: { span: string; source: string },
  ) => `${amount} ${kind} in ${span}, ${source}`,
  source: {
    configured: "as configured here",
    rate: "as configured here",
    assumed: "a share of the configured rate, to be careful",
    headers: "as the service says itself",
    learned: "learned from calls it turned away",
  },
} as const;
