import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";

import { createQueryClient, Providers } from "@/app/providers";
import { createAppRouter } from "@/app/router";

/** The application's own cache, but a call that failed is not tried again. */
function quickQueries() {
  const queries = createQueryClient();
  const { queries: defaults, ...others } = queries.getDefaultOptions();
  queries.setDefaultOptions({ ...others, queries: { ...defaults, retry: false } });
  return queries;
}

export function renderWithQueries(ui: ReactNode) {
  const queries = quickQueries();
  return { queries, ...render(<Providers queries={queries}>{ui}</Providers>) };
}

export function renderHookWithQueries<Result>(hook: () => Result) {
  const queries = quickQueries();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <Providers queries={queries}>{children}</Providers>
  );
  return { queries, ...renderHook(hook, { wrapper }) };
}

/** The whole page at an address below `/app`. */
export function renderApp(place = "/") {
  const history = createMemoryHistory({ initialEntries: [`/app${place}`] });
  const router = createAppRouter(history);
  return { router, ...renderWithQueries(<RouterProvider router={router} />) };
}
