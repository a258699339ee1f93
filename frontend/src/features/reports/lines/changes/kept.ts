import type { QueryClient } from "@tanstack/react-query";

import type { Line, Report } from "@/features/reports/lines/api";
import type { Share } from "@/features/reports/lines/changes/changing";

export interface Sender {
  queries: QueryClient;
  report: Report;
}

/** What is remembered of the changes of a report, also while its page is not open. */
interface Kept {
  /** By line and version: what one's own change has made of it. */
  own: Map<string, Line>;
  /** By line: what could not be sent, and can be sent again. */
  unsent: Map<string, Share>;
}

const kept = new WeakMap<QueryClient, Map<string, Kept>>();

export function keptOf({ queries, report }: Sender): Kept {
  const reports = kept.get(queries) ?? new Map<string, Kept>();
  kept.set(queries, reports);
  const found = reports.get(report.id) ?? { own: new Map(), unsent: new Map() };
  reports.set(report.id, found);
  return found;
}

const placeOf = ({ id, version }: Line) => `${id} ${version}`;

/** One's own change has made this of the line. */
export function rememberOwn(to: Sender, before: Line, after: Line): void {
  keptOf(to).own.set(placeOf(before), after);
}

/**
 * The line as one's own changes have left it since. Where it is another by now, somebody else has
 * changed it, and the server will not take a change to this version.
 */
export function sinceThen(to: Sender, line: Line): Line {
  const { own } = keptOf(to);
  let latest = line;
  for (let next = own.get(placeOf(latest)); next !== undefined; next = own.get(placeOf(latest))) {
    latest = next;
  }
  return latest;
}
