/** Orders amounts of the API, whatever their length; negative when the first is the smaller. */
export function compareAmounts(one: string, other: string): number {
  const isNegative = one.startsWith("-");
  if (isNegative !== other.startsWith("-")) {
    return isNegative ? -1 : 1;
  }
  const order = compareSizes(one.replace("-", ""), other.replace("-", ""));
  return isNegative ? -order : order;
}

function compareSizes(one: string, other: string): number {
  const [whole = "", part = ""] = one.split(".");
  const [otherWhole = "", otherPart = ""] = other.split(".");
  if (whole.length !== otherWhole.length) {
    return whole.length - otherWhole.length;
  }
  const pair = [`${whole}${part}`, `${otherWhole}${otherPart}`] as const;
  return pair[0] === pair[1] ? 0 : pair[0] < pair[1] ? -1 : 1;
}
