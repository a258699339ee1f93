/** What the person is asked before it is done; part of the address, so that "back" takes it away. */
export type Question = "submit" | "reopen" | "delete";

/** What the address of a report says besides which one it is. */
export interface ReportSearch {
  ask?: Question | undefined;
}

const QUESTIONS: readonly string[] = ["submit", "reopen", "delete"] satisfies Question[];

function isQuestion(value: unknown): value is Question {
  return typeof value === "string" && QUESTIONS.includes(value);
}

export function reportSearch({ ask }: Record<string, unknown>): ReportSearch {
  return isQuestion(ask) ? { ask } : {};
}
