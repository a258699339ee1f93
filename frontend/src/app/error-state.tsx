import { troubleOf } from "@/api/problems";
import { RetryAlert } from "@/components/ui/retry-alert";
import { words } from "@/words";

/** In place of what could not be loaded. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { title, detail, reference } = troubleOf(error);
  return (
    <RetryAlert title={title} onRetry={onRetry}>
      {detail} {reference !== undefined && words.problem.reference(reference)}
    </RetryAlert>
  );
}
