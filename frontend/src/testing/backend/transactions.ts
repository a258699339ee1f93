import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { pageOf, problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";

type Transaction = components["schemas"]["TransactionOut"];

export const transactions = [
  http.get("/api/transactions", ({ request }) => {
    const { searchParams } = new URL(request.url);
    const q = (searchParams.get("q") ?? "").toLowerCase();
    const period = searchParams.get("period") ?? "";
    const found = database.transactions.filter(
      ({ description, postedOn }) =>
        description.toLowerCase().includes(q) && postedOn.startsWith(period),
    );
    return HttpResponse.json<Answer<"listTransactions">>(pageOf(found, request));
  }),
  http.patch<{ id: string }, { excluded: boolean }>(
    "/api/transactions/:id",
    async ({ params, request }) => {
      const { excluded } = await request.json();
      const before = database.transactions.find(({ id }) => id === params.id);
      if (before === undefined) {
        return problem(404, "transaction-not-found");
      }
      const after = { ...before, excluded };
      database.transactions = database.transactions.map((one) => (one === before ? after : one));
      return HttpResponse.json<Transaction>(after);
    },
  ),
];
