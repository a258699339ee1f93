import { http, HttpResponse } from "msw";

import type { Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";
import type { components } from "@/api/schema.gen";

type Entry = components["schemas"]["ChartEntryOut"];

/** As many as are asked for, and no more. */
function part(request: Request, entries: readonly Entry[]): Answer<"listAccounts"> {
  const { searchParams } = new URL(request.url);
  const page = Number(searchParams.get("page") ?? 1);
  const pageSize = Number(searchParams.get("pageSize") ?? 1000);
  const items = entries.slice((page - 1) * pageSize, page * pageSize);
  return { items, totalCount: entries.length, page, pageSize };
}

export const chart = [
  http.get("/api/accounts", ({ request }) =>
    HttpResponse.json<Answer<"listAccounts">>(part(request, database.accounts)),
  ),
  http.get("/api/departments", ({ request }) =>
    HttpResponse.json<Answer<"listDepartments">>(part(request, database.departments)),
  ),
];
