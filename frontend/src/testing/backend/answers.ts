import { HttpResponse } from "msw";

import type { components, operations } from "@/api/schema.gen";

type Schemas = components["schemas"];

interface Page<Item> {
  items: Item[];
  totalCount: number;
  page: number;
  pageSize: number;
}

/** What an operation answers with 200. */
export type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: infer Response };
}
  ? Json<Response>
  : never;
type Json<Response> = Response extends { content: { "application/json": infer Body } }
  ? Body
  : never;

interface More {
  /** Extension members. */
  members?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** An answer that is a problem (RFC 9457). */
export function problem(status: number, slug: string, { members, headers }: More = {}) {
  const body: Schemas["Problem"] = {
    type: `/problems/${slug}`,
    title: slug,
    status,
    detail: `detail of ${slug}`,
    instance: "/",
    ...members,
  };
  return HttpResponse.json(body, {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

/** Everything there is, as one page. */
export function page<Item>(items: readonly Item[]): Page<Item> {
  return { items: [...items], totalCount: items.length, page: 1, pageSize: 20 };
}

/** The page that a request asks for. */
export function pageOf<Item>(items: readonly Item[], request: Request): Page<Item> {
  const { searchParams } = new URL(request.url);
  const number = Number(searchParams.get("page") ?? 1);
  const pageSize = Number(searchParams.get("pageSize") ?? 20);
  const start = (number - 1) * pageSize;
  return {
    items: items.slice(start, start + pageSize),
    totalCount: items.length,
    page: number,
    pageSize,
  };
}
