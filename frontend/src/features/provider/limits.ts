import type { Limit } from "@/features/provider/api";
import { formatSpan } from "@/lib/durations";
import { formatCount } from "@/lib/money";
import { words } from "@/words";

/** `60 requests in 1 minute, as the service says itself` */
export function limitInWords(limit: Limit, kind: "requests" | "tokens"): string {
  const { limit: say, source } = words.provider;
  return say(
    { amount: formatCount(limit.amount), kind: words.provider.kind[kind] },
    { span: formatSpan(limit.windowSeconds), source: source[limit.source] },
  );
}

/** `12 of 60 left now` */
export function leftInWords({ remaining, amount }: Limit): string {
  return words.provider.limits.leftOf(formatCount(remaining), formatCount(amount));
}
