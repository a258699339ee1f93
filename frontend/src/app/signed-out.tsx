import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";

import { meQuery, rememberPlace } from "@/app/session";
import { Card } from "@/components/ui/card";
import { useToasts } from "@/components/ui/toast";
import { words } from "@/words";

/** How to sign in; the page behind it comes back by itself. */
export function SignedOut() {
  useComingBack();
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

/** As this goes, the page behind it is asked anew and goes on where it was. */
function useComingBack(): void {
  const queries = useQueryClient();
  const toasts = useToasts();
  const focused = useRef<Element | null>(null);
  useLayoutEffect(() => {
    focused.current = document.activeElement; // what is hidden loses it
  }, []);
  const comeBack = useEffectEvent(() => {
    const [me] = meQuery.queryKey;
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== me });
    for (const { id, title, actionProps } of toasts.toasts) {
      // It is not so any more; where something can be tried again, it still has to be.
      if (title === words.problem.signedOut.title && actionProps === undefined) {
        toasts.close(id);
      }
    }
    if (focused.current instanceof HTMLElement) {
      focused.current.focus();
    }
  });
  useEffect(() => () => comeBack(), []);
}
