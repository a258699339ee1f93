import { queryOptions } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

type Schemas = components["schemas"];
export type Rule = Schemas["RuleOut"];
export type RuleContent = Schemas["RuleIn"];
export type RuleTrial = Schemas["RuleTestIn"];
export type RuleTest = Schemas["RuleTestOut"];
export type TestedLine = Schemas["TestedLineOut"];
export type RuleApplied = Schemas["RuleAppliedOut"];

export const ruleKeys = {
  all: ["rules"] as const,
  list: () => [...ruleKeys.all, "list"] as const,
  detail: (id: string) => [...ruleKeys.all, "detail", id] as const,
  test: (trial: RuleTrial, page: number) => [...ruleKeys.all, "test", trial, page] as const,
};

/** All rules in the order in which they are asked; the server allows no more than one page. */
export const rulesQuery = queryOptions({
  queryKey: ruleKeys.list(),
  queryFn: ({ signal }) => unwrap(client.GET("/api/rules", { signal })),
});

export function ruleQuery(id: string) {
  return queryOptions({
    queryKey: ruleKeys.detail(id),
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/rules/{rule_id}", { params: { path: { rule_id: id } }, signal })),
  });
}

const TEST_PAGE_SIZE = 20;

/** What a rule that is not saved would do to past lines; nothing changes. */
export function ruleTestQuery(trial: RuleTrial, page: number) {
  return queryOptions({
    queryKey: ruleKeys.test(trial, page),
    queryFn: ({ signal }) => testRule(trial, page, signal),
    staleTime: 0,
  });
}

function testRule(body: RuleTrial, page: number, signal: AbortSignal) {
  const params = { query: { page, pageSize: TEST_PAGE_SIZE } };
  return unwrap(client.POST("/api/rules/test", { params, body, signal }));
}

export function createRule(content: RuleContent) {
  return unwrap(client.POST("/api/rules", { body: content }));
}

/** The version is the one that was seen: a 409 says that the rule has changed since. */
export interface RuleChange {
  id: string;
  content: RuleContent;
  version: number;
}

export function changeRule({ id, content, version }: RuleChange) {
  const params = { path: { rule_id: id } };
  return unwrap(client.PUT("/api/rules/{rule_id}", { params, body: { ...content, version } }));
}

export function removeRule(id: string) {
  return unwrap(client.DELETE("/api/rules/{rule_id}", { params: { path: { rule_id: id } } }));
}

export function orderRules(ids: readonly string[]) {
  return unwrap(client.PUT("/api/rules/order", { body: { ids: [...ids] } }));
}

/** To all drafts there are. */
export function applyRule(id: string) {
  return unwrap(client.POST("/api/rules/{rule_id}/apply", { params: { path: { rule_id: id } } }));
}
