import { CSPProvider } from "@base-ui/react/csp-provider";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { isSignedOut, NoAnswer, ProblemError } from "@/api/problem-error";
import { AskBeforeLeaving } from "@/app/ask-before-leaving";
import { meQuery } from "@/app/session";
import { Toasts } from "@/components/ui/toast";

const TRIES = 2;

export function createQueryClient(): QueryClient {
  /** Any call may be the first to hear that the sign-in has ended. */
  function hear(error: Error): void {
    if (isSignedOut(error)) {
      void queries.invalidateQueries({ queryKey: meQuery.queryKey });
    }
  }
  const queries = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, { queryKey }) => {
        if (queryKey[0] !== meQuery.queryKey[0]) {
          hear(error);
        }
      },
    }),
    mutationCache: new MutationCache({ onError: hear }),
    defaultOptions: {
      queries: {
        staleTime: 5000,
        retry: (failures, error) => failures < TRIES && isPassing(error),
        // The server may be on this machine, which is reached without any network.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
  return queries;
}

/** Worth the same question again: nobody answered, or the server said that it could not now. */
function isPassing(error: Error): boolean {
  return error instanceof NoAnswer || (error instanceof ProblemError && error.status >= 500);
}

interface Props {
  queries: QueryClient;
  children: ReactNode;
}

export function Providers({ queries, children }: Props) {
  return (
    <QueryClientProvider client={queries}>
      <AskBeforeLeaving />
      {/* Our policy forbids inline styles in the page; the style sheet says what they would. */}
      <CSPProvider disableStyleElements>
        <Toasts>{children}</Toasts>
      </CSPProvider>
    </QueryClientProvider>
  );
}
