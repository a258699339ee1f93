import { queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import { isSignedOut } from "@/api/problem-error";
import { troubleOf } from "@/api/problems";
import type { components } from "@/api/schema.gen";
import { useToasts } from "@/components/ui/toast";
import { words } from "@/words";

type Me = components["schemas"]["Me"];

const RETURN_KEY = "expenseflow:return"; // static/sign_in.js goes back there
const LOOK_AGAIN_MS = 4000;

const KEY = ["me"] as const;

/**
 * Who is signed in. While nobody is, or the server is silent, it looks again: the sign-in happens
 * in another tab.
 */
export const meQuery = queryOptions({
  queryKey: KEY,
  queryFn: async ({ client: queries, signal }) => {
    const { data: before, error: waiting } = queries.getQueryState<Me>(KEY) ?? {};
    const me = await unwrap(client.GET("/api/me", { signal })).catch((error: unknown) => {
      // A server that is silent once has not signed anybody in.
      throw isSignedOut(waiting) ? waiting : error;
    });
    if (before !== undefined && before.id !== me.id) {
      // First of all, so that no page of the one before is there to ask for what is this one's.
      queries.setQueryData(KEY, me);
      forget(queries);
    }
    return me;
  },
  staleTime: Infinity,
  refetchInterval: ({ state }) => (state.error === null ? false : LOOK_AGAIN_MS),
  // Another tab may have signed somebody else in.
  refetchOnWindowFocus: "always",
});

/** Somebody else has signed in: nothing of the one before is shown to them. */
function forget(queries: QueryClient): void {
  void queries.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
}

/** How people sign in here; asked without being signed in. */
export const optionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/sign-in-options", { signal })),
  staleTime: Infinity,
  refetchInterval: ({ state }) => (state.error === null ? false : LOOK_AGAIN_MS),
});

/** Where the browser goes to sign in, to come back to this place. */
export function signInAddress(signInUrl: string): string {
  const { pathname, search } = globalThis.location;
  return `${signInUrl}?${new URLSearchParams({ next: pathname + search }).toString()}`;
}

/** Where the sign-in page goes when it is done. */
export function rememberPlace(): void {
  try {
    const { pathname, search } = globalThis.location;
    localStorage.setItem(RETURN_KEY, pathname + search);
  } catch {
    // Then it goes home.
  }
}

export function useSignOut() {
  const queries = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: async () => {
      await unwrap(client.POST("/api/sign-out")).catch((error: unknown) => {
        // Signed out already is signed out.
        if (!isSignedOut(error)) {
          throw error;
        }
      });
    },
    onSuccess: async () => {
      // Who is not asked where they go is signed out here all the same.
      const options = await queries
        .query({ ...optionsQuery, retry: false, staleTime: 0 })
        .catch(() => null);
      if (options?.signOutUrl) {
        // The provider would else sign in whoever comes next to this machine, without a question.
        globalThis.location.assign(options.signOutUrl);
      }
      // Nothing of this person stays in the memory of the tab.
      await queries.resetQueries();
    },
    onError: (error) => {
      const { title, detail } = troubleOf(error);
      const description = `${title}. ${detail}`;
      toasts.add({ title: words.notSignedOut, description, priority: "high", timeout: 0 });
    },
  });
}
