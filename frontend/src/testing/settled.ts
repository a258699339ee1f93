import type { QueryClient } from "@tanstack/react-query";
import { act, waitFor } from "@testing-library/react";
import { expect } from "vitest";

/**
 * Until nothing is asked and nothing is changed any more, and what came of it is on the screen: by
 * then, what must not happen would have happened.
 */
export async function settled(queries: QueryClient): Promise<void> {
  const isIdle = () => expect(queries.isFetching() + queries.isMutating()).toBe(0);
  await waitFor(isIdle);
  await act(() => Promise.resolve()); // an answer may lead to the next question
  await waitFor(isIdle);
}
