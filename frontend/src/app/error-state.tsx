import { troubleOf } from "@/api/problems";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { words } from "@/words";

/** In place of what could not be loaded. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { title, detail, reference } = troubleOf(error);
  return (
    <Alert
      title={title}
      action={
        <Button variant="outline" size="sm" onClick={onRetry}>
          {words.tryAgain}
        </Button>
      }
    >
      {detail} {reference !== undefined && words.problem.reference(reference)}
    </Alert>
  );
}
