import { useEffect } from "react";

import { rememberPlace } from "@/app/session";
import { Card } from "@/components/ui/card";
import { words } from "@/words";

/** How to sign in; the page behind it comes back by itself. */
export function SignedOut() {
  useEffect(rememberPlace, []);
  const { title, hint, command, stay } = words.signedOut;
  return (
    <Card className="mx-auto grid max-w-xl gap-3">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p>{hint}</p>
      <pre className="rounded-md bg-muted p-3 text-sm break-words whitespace-pre-wrap">
        <code>{command}</code>
      </pre>
      <p className="text-sm text-muted-foreground">{stay}</p>
    </Card>
  );
}
