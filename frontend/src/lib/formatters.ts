const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

/** A formatter is slow to make and quick to use, and a table uses hundreds: each is made once. */
export function numberFormat(
  locale: string | undefined,
  options: Intl.NumberFormatOptions = {},
): Intl.NumberFormat {
  return once(numbers, keyOf(locale, options), () => new Intl.NumberFormat(locale, options));
}

/** See `numberFormat`. */
export function dateFormat(
  locale: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  return once(dates, keyOf(locale, options), () => new Intl.DateTimeFormat(locale, options));
}

const keyOf = (locale: string | undefined, options: object) =>
  `${locale ?? ""} ${JSON.stringify(options)}`;

function once<Format>(made: Map<string, Format>, key: string, make: () => Format): Format {
  const known = made.get(key);
  if (known !== undefined) {
    return known;
  }
  const format = make();
  made.set(key, format);
  return format;
}
