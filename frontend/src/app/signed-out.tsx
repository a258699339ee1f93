import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useLayoutEffect, useRef } from "react";

import { meQuery, optionsQuery, rememberPlace, signInAddress } from "@/app/session";
import { buttonLooks } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { useToasts } from "@/components/ui/toast";
import { words } from "@/words";

interface Props {
  /** A page with what somebody typed waits behind this. */
  isInTheMiddle: boolean;
}

/** How to sign in; the page behind it comes back by itself. */
export function SignedOut({ isInTheMiddle }: Props) {
  useComingBack();
  useEffect(rememberPlace, []);
  const { data: options } = useQuery(optionsQuery);
  const { title, stay } = words.signedOut;
  return (
    <Card className="mx-auto grid max-w-xl gap-3">
      <h1 className="text-xl font-semibold">{title}</h1>
      {options?.mode === "local" && <ByLink />}
      {options?.signInUrl && <ByProvider url={options.signInUrl} isInTheMiddle={isInTheMiddle} />}
      {options?.mode !== "oidc" && <p className="text-sm text-muted-foreground">{stay}</p>}
    </Card>
  );
}

function ByLink() {
  const { hint, command } = words.signedOut;
  return (
    <>
      <p>{hint}</p>
      <pre className="rounded-md bg-muted p-3 text-sm break-words whitespace-pre-wrap">
        <code>{command}</code>
      </pre>
    </>
  );
}

/** In the middle it opens another tab: going away would lose what was typed here. */
function ByProvider({ url, isInTheMiddle }: Props & { url: string }) {
  const { signIn, signInBeside, stay } = words.signedOut;
  return (
    <>
      <p>
        <a
          href={signInAddress(url)}
          target={isInTheMiddle ? "_blank" : undefined}
          className={buttonLooks({})}
        >
          {isInTheMiddle ? signInBeside : signIn}
        </a>
      </p>
      {isInTheMiddle && <p className="text-sm text-muted-foreground">{stay}</p>}
    </>
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
