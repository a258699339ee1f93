const MINUTE = 60;
const HOUR = 3600;

function counted(value: number, unit: "second" | "minute" | "hour", locale?: string): string {
  const options = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 2 } as const;
  return new Intl.NumberFormat(locale, options).format(value);
}

/** Seconds as a person says them: `40 seconds`, `3 minutes`, `1 hour 20 minutes`. */
export function formatDuration(seconds: number, locale?: string): string {
  if (seconds < MINUTE - 5) {
    // Steps of five: a number that changes each second reads like a promise.
    return counted(Math.max(5, Math.round(seconds / 5) * 5), "second", locale);
  }
  const minutes = Math.max(1, Math.round(seconds / MINUTE));
  if (minutes < MINUTE) {
    return counted(minutes, "minute", locale);
  }
  const hours = counted(Math.floor((minutes * MINUTE) / HOUR), "hour", locale);
  const rest = minutes % MINUTE;
  return rest === 0 ? hours : `${hours} ${counted(rest, "minute", locale)}`;
}

/** How long something took that is over: to the second below a minute, then as above. */
export function formatElapsed(seconds: number, locale?: string): string {
  return seconds < MINUTE - 0.5
    ? counted(Math.max(1, Math.round(seconds)), "second", locale)
    : formatDuration(seconds, locale);
}

/** An exact length of time, however short: `10 seconds`, `0.4 seconds`, `1 minute`. */
export function formatSpan(seconds: number, locale?: string): string {
  const isWholeMinutes = seconds >= MINUTE && seconds % MINUTE === 0;
  return isWholeMinutes
    ? counted(seconds / MINUTE, "minute", locale)
    : counted(seconds, "second", locale);
}

/** Seconds from now until then; negative when it has passed. */
export function secondsUntil(moment: string, now: number): number {
  return (Date.parse(moment) - now) / 1000;
}
