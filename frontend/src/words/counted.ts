const plurals = new Intl.PluralRules("en");
const numbers = new Intl.NumberFormat();

/** `1 line`, `3 lines`; the number in the reader's own digits and grouping. */
export function counted(count: number, one: string, many: string): string {
  const noun = plurals.select(count) === "one" ? one : many;
  return `${numbers.format(count)} ${noun}`;
}

/** `12,345` */
export const number = (count: number) => numbers.format(count);
