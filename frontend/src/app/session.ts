import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import { isSignedOut } from "@/api/problem-error";

const RETURN_KEY = "expenseflow:return"; // static/sign_in.js goes back there
const LOOK_AGAIN_MS = 4000;

/** Who is signed in. While nobody is, it looks again: the sign-in happens in another tab. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/me", { signal })),
  staleTime: Infinity,
  refetchInterval: ({ state }) => (isSignedOut(state.error) ? LOOK_AGAIN_MS : false),
  refetchOnWindowFocus: ({ state }) => isSignedOut(state.error),
});

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
  return useMutation({
    mutationFn: () => unwrap(client.POST("/api/sign-out")),
    // Nothing of this person stays in the memory of the tab.
    onSettled: () => queries.resetQueries(),
  });
}
