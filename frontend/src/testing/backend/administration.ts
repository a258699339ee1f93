import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { pageOf, problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";

type Schemas = components["schemas"];
interface Params {
  [name: string]: string;
  id: string;
}

/** Those whose e-mail holds what the request looks for. */
function looked<Item>(items: readonly Item[], request: Request, emailOf: (item: Item) => string) {
  const { searchParams } = new URL(request.url);
  const q = searchParams.get("q") ?? "";
  return pageOf(
    items.filter((item) => emailOf(item).includes(q)),
    request,
  );
}

export const administration = [
  http.get("/api/admin/report-jobs", ({ request }) => {
    const { searchParams } = new URL(request.url);
    const status = searchParams.get("status");
    const jobs = database.allJobs.filter((job) => status === null || job.status === status);
    return HttpResponse.json<Answer<"listAllReportJobs">>(
      looked(jobs, request, ({ user }) => user.email),
    );
  }),
  http.delete<Params>("/api/admin/report-jobs/:id", ({ params }) => {
    const job = database.allJobs.find(({ id }) => id === params.id);
    if (job === undefined) {
      return problem(404, "job-not-found");
    }
    job.status = "Cancelled";
    return HttpResponse.json<Answer<"cancelAnyReportJob">>(job);
  }),
  http.get("/api/admin/users", ({ request }) =>
    HttpResponse.json<Answer<"listPeople">>(looked(database.people, request, ({ email }) => email)),
  ),
  http.patch<Params, Schemas["PersonIn"]>("/api/admin/users/:id", async ({ params, request }) => {
    const person = database.people.find(({ id }) => id === params.id);
    if (person === undefined) {
      return problem(404, "person-not-found");
    }
    person.disabledAt = (await request.json()).disabled ? "2026-02-01T09:00:00Z" : null;
    return HttpResponse.json<Answer<"changePerson">>(person);
  }),
  http.delete<Params>("/api/admin/users/:id", ({ params }) => {
    database.people = database.people.filter(({ id }) => id !== params.id);
    return new HttpResponse(null, { status: 204 });
  }),
  http.get("/api/admin/alerts", () => HttpResponse.json<Answer<"getAlerts">>(database.alerts)),
  http.post("/api/admin/alerts/test", () =>
    HttpResponse.json<Answer<"testAlert">>(database.delivery),
  ),
];
