import type { LineChange } from "@/features/reports/lines/api";
import { words } from "@/words";

/** Why it was refused, and what the person had typed: nowhere else does it stand any more. */
export function withTyped(detail: string, { description, vendor, note }: LineChange): string {
  const typed = [description, vendor, note].filter((text) => text != null && text !== "");
  return typed.length === 0 ? detail : `${detail} ${words.review.said.typed(typed.join(", "))}`;
}
