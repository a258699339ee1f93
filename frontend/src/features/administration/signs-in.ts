import type { Person } from "@/features/administration/api";
import { words } from "@/words";

/** How they sign in, by which people of the same e-mail are told apart. */
export function signsIn({ issuer, subject }: Pick<Person, "issuer" | "subject">): string {
  const say = words.administration.people;
  if (issuer === null) {
    return say.local;
  }
  return say.vouched(URL.canParse(issuer) ? new URL(issuer).host : issuer, subject ?? "");
}
