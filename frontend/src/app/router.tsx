import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";

import { Crash } from "@/app/crash";
import { Layout } from "@/app/layout";
import { NotFound } from "@/app/not-found";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });

const periods = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("@/app/pages/periods-page"), "PeriodsPage"),
});

const routeTree = root.addChildren([periods]);

/** The router of the page; a test gives it a history of its own. */
export function createAppRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    basepath: "/app",
    defaultErrorComponent: Crash,
    defaultPreload: "intent",
    ...(history === undefined ? {} : { history }),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
