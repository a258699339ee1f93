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
  const digits = Math.max(part.length, otherPart.length);
  const size = whole + part.padEnd(digits, "0");
  const otherSize = otherWhole + otherPart.padEnd(digits, "0");
  return size === otherSize ? 0 : size < otherSize ? -1 : 1;
}
