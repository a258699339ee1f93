import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouterHistory,
} from "@tanstack/react-router";

import { Crash } from "@/app/crash";
import { Layout } from "@/app/layout";
import { NotFound } from "@/app/not-found";
import { allJobsSearch, peopleSearch } from "@/features/administration/search";
import { historySearch } from "@/features/report-jobs/history-search";
import { validateLineSearch } from "@/features/reports/lines/filters/filters";
import { reportSearch } from "@/features/reports/search";
import { transactionSearch } from "@/features/transactions/search";

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });

const periods = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("@/app/pages/periods-page"), "PeriodsPage"),
});

const importing = createRoute({
  getParentRoute: () => root,
  path: "/import",
  component: lazyRouteComponent(() => import("@/app/pages/import-page"), "ImportPage"),
});

const transactions = createRoute({
  getParentRoute: () => root,
  path: "/transactions",
  validateSearch: transactionSearch,
  component: lazyRouteComponent(() => import("@/app/pages/transactions-page"), "TransactionsPage"),
});

const history = createRoute({
  getParentRoute: () => root,
  path: "/history",
  validateSearch: historySearch,
  component: lazyRouteComponent(() => import("@/app/pages/history-page"), "HistoryPage"),
});

const job = createRoute({
  getParentRoute: () => root,
  path: "/jobs/$jobId",
  component: lazyRouteComponent(() => import("@/app/pages/job-page"), "JobPage"),
});

const report = createRoute({
  getParentRoute: () => root,
  path: "/reports/$reportId",
  validateSearch: (search) => ({ ...validateLineSearch(search), ...reportSearch(search) }),
  component: lazyRouteComponent(() => import("@/app/pages/report-page"), "ReportPage"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("@/app/pages/settings-page"), "SettingsPage"),
});

const settingsStart = createRoute({
  getParentRoute: () => settings,
  path: "/",
  beforeLoad: () => redirect({ to: "/settings/accounts", replace: true, throw: true }),
});

const accounts = createRoute({
  getParentRoute: () => settings,
  path: "/accounts",
  validateSearch: textSearch,
  component: lazyRouteComponent(() => import("@/app/pages/settings/chart-pages"), "AccountsPage"),
});

const departments = createRoute({
  getParentRoute: () => settings,
  path: "/departments",
  validateSearch: textSearch,
  component: lazyRouteComponent(
    () => import("@/app/pages/settings/chart-pages"),
    "DepartmentsPage",
  ),
});

const rules = createRoute({
  getParentRoute: () => settings,
  path: "/rules",
  component: lazyRouteComponent(() => import("@/app/pages/settings/rules-page"), "RulesPage"),
});

const newRule = createRoute({
  getParentRoute: () => settings,
  path: "/rules/new",
  component: lazyRouteComponent(() => import("@/app/pages/settings/rule-page"), "NewRulePage"),
});

const rule = createRoute({
  getParentRoute: () => settings,
  path: "/rules/$ruleId",
  component: lazyRouteComponent(() => import("@/app/pages/settings/rule-page"), "RulePage"),
});

const provider = createRoute({
  getParentRoute: () => settings,
  path: "/provider",
  component: lazyRouteComponent(() => import("@/app/pages/settings/provider-page"), "ProviderPage"),
});

const allJobs = createRoute({
  getParentRoute: () => settings,
  path: "/jobs",
  validateSearch: allJobsSearch,
  component: lazyRouteComponent(() => import("@/app/pages/settings/admin/jobs-page"), "JobsPage"),
});

const people = createRoute({
  getParentRoute: () => settings,
  path: "/people",
  validateSearch: peopleSearch,
  component: lazyRouteComponent(
    () => import("@/app/pages/settings/admin/people-page"),
    "PeoplePage",
  ),
});

const alerts = createRoute({
  getParentRoute: () => settings,
  path: "/alerts",
  component: lazyRouteComponent(
    () => import("@/app/pages/settings/admin/alerts-page"),
    "AlertsPage",
  ),
});

const editAccounts = createRoute({
  getParentRoute: () => settings,
  path: "/accounts/edit",
  component: lazyRouteComponent(
    () => import("@/app/pages/settings/admin/chart-edit-page"),
    "EditAccountsPage",
  ),
});

const editDepartments = createRoute({
  getParentRoute: () => settings,
  path: "/departments/edit",
  component: lazyRouteComponent(
    () => import("@/app/pages/settings/admin/chart-edit-page"),
    "EditDepartmentsPage",
  ),
});

/** What is looked for in a list. */
function textSearch({ q }: Record<string, unknown>): { q?: string } {
  return typeof q === "string" || typeof q === "number" ? { q: String(q) } : {};
}

const routeTree = root.addChildren([
  periods,
  importing,
  transactions,
  history,
  job,
  report,
  settings.addChildren([
    settingsStart,
    accounts,
    editAccounts,
    departments,
    editDepartments,
    rules,
    newRule,
    rule,
    provider,
    allJobs,
    people,
    alerts,
  ]),
]);

/** The router of the page; a test gives it a history of its own. */
export function createAppRouter(place?: RouterHistory) {
  return createRouter({
    routeTree,
    basepath: "/app",
    defaultErrorComponent: Crash,
    defaultPreload: "intent",
    ...(place === undefined ? {} : { history: place }),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
