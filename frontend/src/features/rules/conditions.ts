import type { Rule } from "@/features/rules/api";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

/** What a rule looks at, a sentence part for each condition. */
export function conditionsOf(rule: Rule): string[] {
  const { condition } = words.rules;
  return [
    rule.merchantContains !== null && condition.contains(rule.merchantContains),
    rule.pattern !== null && condition.pattern(rule.pattern),
    amounts(rule),
    rule.sourceCategory !== null && condition.category(rule.sourceCategory),
    rule.account !== null && condition.card(rule.account),
  ].filter((part) => part !== false);
}

function amounts({ amountMin, amountMax, currency }: Rule): string | false {
  const { condition } = words.rules;
  const say = (amount: string) => (currency === null ? amount : formatMoney(amount, currency));
  if (amountMin !== null && amountMax !== null) {
    return condition.between(say(amountMin), say(amountMax));
  }
  if (amountMin !== null) {
    return condition.atLeast(say(amountMin));
  }
  if (amountMax !== null) {
    return condition.atMost(say(amountMax));
  }
  return currency !== null && condition.currency(currency);
}
