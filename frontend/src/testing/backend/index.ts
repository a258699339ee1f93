import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

import type { components } from "@/api/schema.gen";
import { page, problem, type Answer } from "@/testing/backend/answers";
import { administration } from "@/testing/backend/administration";
import { chart } from "@/testing/backend/chart";
import { database } from "@/testing/backend/database";
import { provider } from "@/testing/backend/provider";
import { lines } from "@/testing/backend/lines";
import { reportJobs } from "@/testing/backend/report-jobs";
import { reports } from "@/testing/backend/reports";
import { rules } from "@/testing/backend/rules";
import { statements } from "@/testing/backend/statements";
import { transactions } from "@/testing/backend/transactions";

export { problem } from "@/testing/backend/answers";
export { database, resetDatabase } from "@/testing/backend/database";
export { changeBehind, lineOf } from "@/testing/backend/lines";
export { progress } from "@/testing/backend/report-jobs";

type Me = components["schemas"]["Me"];

/** An in-memory backend with the types of the real one; each part of the API has a file here. */
export const server = setupServer(
  http.get("/api/sign-in-options", () =>
    HttpResponse.json<Answer<"getSignInOptions">>(database.signInOptions),
  ),
  // Whatever it is, a stranger hears of nothing; else the handlers below answer.
  http.all("/api/*", () => (database.me === null ? problem(401, "not-authenticated") : undefined)),
  http.get("/api/me", () => HttpResponse.json<Me | null>(database.me)),
  http.post("/api/sign-out", () => {
    database.me = null;
    return new HttpResponse(null, { status: 204 });
  }),
  http.get("/api/periods", () => HttpResponse.json<Answer<"listPeriods">>(page(database.periods))),
  http.get("/api/reports", () => HttpResponse.json<Answer<"listReports">>(page(database.reports))),
  ...reportJobs,
  ...reports,
  ...administration,
  ...chart,
  ...statements,
  ...transactions,
  ...rules,
  ...provider,
  ...lines,
);

server.events.on("request:start", ({ request }) => {
  const key = `${request.method} ${new URL(request.url).pathname}`;
  database.asked[key] = (database.asked[key] ?? 0) + 1;
});
