import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import type { TransactionSearch } from "@/features/transactions/search";

export type Transaction = components["schemas"]["TransactionOut"];
export type TransactionPage = components["schemas"]["PageOf_TransactionOut_"];

export const transactionKeys = {
  all: ["transactions"] as const,
  lists: () => [...transactionKeys.all, "list"] as const,
  list: (search: TransactionSearch) => [...transactionKeys.lists(), search] as const,
};

export const TRANSACTIONS_PER_PAGE = 50;

/** A page of transactions, newest first; the one before stays in view until it is there. */
export function transactionsQuery(search: TransactionSearch) {
  return queryOptions({
    queryKey: transactionKeys.list(search),
    queryFn: ({ signal }) => fetchTransactions(search, signal),
    placeholderData: keepPreviousData,
  });
}

function fetchTransactions(search: TransactionSearch, signal: AbortSignal) {
  const query = { ...search, pageSize: TRANSACTIONS_PER_PAGE };
  return unwrap(client.GET("/api/transactions", { params: { query }, signal }));
}

export function setExcluded(id: string, excluded: boolean): Promise<Transaction> {
  const params = { path: { transaction_id: id } };
  return unwrap(client.PATCH("/api/transactions/{transaction_id}", { params, body: { excluded } }));
}
