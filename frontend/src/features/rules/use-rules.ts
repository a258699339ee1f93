import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { ProblemError } from "@/api/problem-error";
import {
  applyRule,
  changeRule,
  createRule,
  orderRules,
  removeRule,
  ruleKeys,
  ruleQuery,
  rulesQuery,
  type Rule,
  type RuleChange,
  type RuleContent,
} from "@/features/rules/api";
import { contentOf, draftOf } from "@/features/rules/rule-draft";

const ORDER = ["rules", "order"] as const;
const SWITCH = ["rules", "switch"] as const;

function refresh(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ queryKey: ruleKeys.all });
}

/** Somebody saved the rule in between; it brings what they saved. */
export class RuleChanged extends Error {
  readonly theirs: Rule;

  constructor(theirs: Rule, cause: unknown) {
    super("the rule was changed meanwhile", { cause });
    this.name = "RuleChanged";
    this.theirs = theirs;
  }
}

/**
 * Save a new rule, or what one says instead.
 *
 * Its error is a `RuleChanged` when the rule is not the version any more that was seen.
 */
export function useSaveRule() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (rule: RuleContent | RuleChange) => {
      if (!("content" in rule)) {
        return createRule(rule);
      }
      try {
        return await changeRule(rule);
      } catch (error) {
        if (error instanceof ProblemError && error.status === 409) {
          const theirs = await queries.query({ ...ruleQuery(rule.id), staleTime: 0 });
          throw new RuleChanged(theirs, error);
        }
        throw error;
      }
    },
    onSettled: () => refresh(queries),
  });
}

/**
 * Switch a rule on or off; it shows at once, and goes back when the server refuses. Pressed again
 * before the answer, the last press counts.
 */
export function useSwitchRule() {
  const queries = useQueryClient();
  const show = (id: string, change: (rule: Rule) => Rule) =>
    queries.setQueryData(rulesQuery.queryKey, (known) =>
      known === undefined
        ? known
        : { ...known, items: known.items.map((rule) => (rule.id === id ? change(rule) : rule)) },
    );
  return useMutation({
    mutationKey: SWITCH,
    scope: { id: SWITCH.join(":") },
    mutationFn: ({ rule, active }: { rule: Rule; active: boolean }) => {
      const rules = queries.getQueryData(rulesQuery.queryKey)?.items;
      const known = rules?.find(({ id }) => id === rule.id) ?? rule; // with its newest version
      const content = contentOf({ ...draftOf(known), active });
      return changeRule({ id: rule.id, content, version: known.version });
    },
    onMutate: async ({ rule, active }) => {
      await queries.cancelQueries({ queryKey: ruleKeys.list() });
      show(rule.id, (known) => ({ ...known, active }));
    },
    onSuccess: (saved) => {
      show(saved.id, ({ active }) => ({ ...saved, active }));
    },
    onError: (_, { rule, active }) => {
      show(rule.id, (known) => ({ ...known, active: !active }));
    },
    onSettled: async () => {
      if (queries.isMutating({ mutationKey: SWITCH }) <= 1) {
        await refresh(queries);
      }
    },
  });
}

export function useRemoveRule() {
  const queries = useQueryClient();
  return useMutation({ mutationFn: removeRule, onSettled: () => refresh(queries) });
}

/** Make a removed rule anew, at the place where it stood. */
export function useRestoreRule() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (rule: Rule) => {
      const created = await createRule(contentOf(draftOf(rule)));
      const { items } = await queries.query({ ...rulesQuery, staleTime: 0 });
      const others = items.map(({ id }) => id).filter((id) => id !== created.id);
      await orderRules(others.toSpliced(rule.position - 1, 0, created.id));
    },
    onSettled: () => refresh(queries),
  });
}

/**
 * Ask the rules in another order. The list shows it at once; orders are sent one after the other,
 * and what the server says is looked at when the last of them is done.
 */
export function useOrderRules() {
  const queries = useQueryClient();
  return useMutation({
    mutationKey: ORDER,
    scope: { id: ORDER.join(":") },
    mutationFn: orderRules,
    onMutate: async (ids) => {
      await queries.cancelQueries({ queryKey: ruleKeys.list() });
      queries.setQueryData(rulesQuery.queryKey, (known) =>
        known === undefined ? known : { ...known, items: inOrder(known.items, ids) },
      );
    },
    onSettled: async () => {
      if (queries.isMutating({ mutationKey: ORDER }) <= 1) {
        await refresh(queries);
      }
    },
  });
}

function inOrder(rules: readonly Rule[], ids: readonly string[]): Rule[] {
  return rules.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
}

/** Change the lines of all drafts that a saved rule speaks of. */
export function useApplyRule() {
  return useMutation({ mutationFn: applyRule });
}
