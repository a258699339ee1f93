import type { ReactNode } from "react";

import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { words } from "@/words";

interface Props {
  title: string;
  onRetry: () => void;
  children: ReactNode;
}

/** What went wrong, and another try. */
export function RetryAlert({ title, onRetry, children }: Props) {
  const action = (
    <Button variant="outline" size="sm" onClick={onRetry}>
      {words.tryAgain}
    </Button>
  );
  return (
    <Alert title={title} action={action}>
      {children}
    </Alert>
  );
}
