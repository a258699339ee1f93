import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { page, pageOf, problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";
import { aRule } from "@/testing/settings-factories";

type Schemas = components["schemas"];
type Rule = Schemas["RuleOut"];
interface Params {
  [name: string]: string;
  id: string;
}

const unknownRule = () => problem(404, "rule-not-found");
const find = (id: string) => database.rules.find((rule) => rule.id === id);

/** The rules as they stand now; positions count from 1. */
function keep(rules: readonly Rule[]): void {
  database.rules = rules.map((rule, index) => ({ ...rule, position: index + 1 }));
}

function written(content: Schemas["RuleIn"], more: Partial<Rule> = {}): Rule {
  const { name, merchantContains, pattern } = content;
  const title = name ?? merchantContains ?? pattern ?? `Charges to ${content.glCode}`;
  return { ...aRule(), merchantContains: null, ...content, title, ...more };
}

/** Somebody else saves the rule. */
export function changeElsewhere(id: string, changes: Partial<Rule>): void {
  keep(
    database.rules.map((rule) =>
      rule.id === id ? { ...rule, ...changes, version: rule.version + 1 } : rule,
    ),
  );
}

export const rules = [
  http.get("/api/rules", () => HttpResponse.json<Answer<"listRules">>(page(database.rules))),
  http.get<Params>("/api/rules/:id", ({ params }) => {
    const rule = find(params.id);
    return rule === undefined ? unknownRule() : HttpResponse.json<Rule>(rule);
  }),
  http.post<never, Schemas["RuleTestIn"]>("/api/rules/test", ({ request }) => {
    const { wouldChange, alreadySo, keptEdited, keptSubmitted, keptByEarlierRule } =
      database.ruleTest;
    return HttpResponse.json<Answer<"testRule">>({
      matched: Object.values(database.ruleTest).flat().length,
      wouldChange: pageOf(wouldChange, request),
      alreadySo: pageOf(alreadySo, request),
      keptEdited: pageOf(keptEdited, request),
      keptSubmitted: pageOf(keptSubmitted, request),
      keptByEarlierRule: pageOf(keptByEarlierRule, request),
    });
  }),
  http.post<never, Schemas["RuleIn"]>("/api/rules", async ({ request }) => {
    const rule = written(await request.json());
    keep([rule, ...database.rules]);
    return HttpResponse.json<Rule>(database.rules[0], { status: 201 });
  }),
  http.post<Params>("/api/rules/:id/apply", ({ params }) =>
    find(params.id) === undefined
      ? unknownRule()
      : HttpResponse.json<Answer<"applyRule">>(database.ruleApplied),
  ),
  http.put<never, Schemas["OrderIn"]>("/api/rules/order", async ({ request }) => {
    const { ids } = await request.json();
    const known = database.rules.map(({ id }) => id);
    if (ids.toSorted().join() !== known.toSorted().join()) {
      return problem(409, "order-incomplete", { members: { ids: known } });
    }
    keep(ids.flatMap((id) => find(id) ?? []));
    return HttpResponse.json<Answer<"orderRules">>(page(database.rules));
  }),
  http.put<Params, Schemas["RuleChangeIn"]>("/api/rules/:id", async ({ params, request }) => {
    const { version, ...content } = await request.json();
    const before = find(params.id);
    if (before === undefined) {
      return unknownRule();
    }
    if (version !== null && version !== undefined && version !== before.version) {
      return problem(409, "rule-changed");
    }
    const after = written(content, { id: before.id, version: before.version + 1 });
    keep(database.rules.map((rule) => (rule.id === before.id ? after : rule)));
    return HttpResponse.json<Rule>(find(before.id));
  }),
  http.delete<Params>("/api/rules/:id", ({ params }) => {
    keep(database.rules.filter(({ id }) => id !== params.id));
    return new HttpResponse(null, { status: 204 });
  }),
];
