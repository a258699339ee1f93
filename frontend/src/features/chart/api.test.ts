import { useQuery } from "@tanstack/react-query";
import { waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import { accountsQuery, departmentsQuery } from "@/features/chart/api";
import { database } from "@/testing/backend";
import { renderHookWithQueries } from "@/testing/render";

const entry = (number: number) => ({
  code: String(number),
  name: `Number ${number}`,
  description: null,
  active: true,
});

test("a chart of several pages is there whole, in its order", async () => {
  database.accounts = Array.from({ length: 2100 }, (_, at) => entry(at));
  const { result } = renderHookWithQueries(() => useQuery(accountsQuery));
  await waitFor(() => expect(result.current.data).toHaveLength(2100));
  expect(result.current.data).toEqual(database.accounts);
  expect(database.asked["GET /api/accounts"]).toBe(3);
});

test("a chart without any entry is empty, asked for once", async () => {
  const { result } = renderHookWithQueries(() => useQuery(departmentsQuery));
  await waitFor(() => expect(result.current.data).toEqual([]));
  expect(database.asked["GET /api/departments"]).toBe(1);
});
