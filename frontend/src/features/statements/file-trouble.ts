import { ProblemError } from "@/api/problem-error";
import { troubleOf, type Trouble } from "@/api/problems";
import { FileGone } from "@/features/statements/api";
import { words } from "@/words";

/** What is wrong with a file that was sent, in words; what can be taken back to mend it. */
export function fileTroubleOf(error: unknown): Trouble & { mend?: "choices" | "reading" } {
  if (error instanceof FileGone) {
    return { kind: "broken", ...words.statements.file.gone, canRetry: false };
  }
  const trouble = troubleOf(error);
  switch (error instanceof ProblemError ? error.problem.type?.split("/").at(-1) : undefined) {
    case "decision-does-not-fit":
      return { ...trouble, mend: "choices" };
    case "mapping-does-not-fit":
    case "read-otherwise-before":
      return { ...trouble, mend: "reading" };
    default:
      return trouble;
  }
}
