import { infiniteQueryOptions, type InfiniteData } from "@tanstack/react-query";

import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

type Schemas = components["schemas"];
export type Line = Schemas["LineOut"];
export type LineChange = Schemas["LineIn"];
export type Report = Schemas["ReportOut"];
export type ChartEntry = Schemas["ChartEntryOut"];
export type Tier = Line["tier"];
export type Conflict = Schemas["ConflictOut"];
/** Of which job's making the report was when the page was asked for, as far as was known then. */
export type LinePage = Schemas["PageOf_LineOut_"] & Pick<Report, "jobId">;

/** The largest page there is. */
const PAGE_SIZE = 500;

export const lineKeys = {
  all: ["report-lines"] as const,
  report: (reportId: string) => [...lineKeys.all, reportId] as const,
  list: ({ id }: Report) => [...lineKeys.report(id), "list"] as const,
};

/**
 * The lines of a report, page after page, by date: an order that no edit changes, so that no line
 * is missed or comes twice however much is edited while the pages arrive.
 */
export function linesQuery(report: Report) {
  return infiniteQueryOptions({
    queryKey: lineKeys.list(report),
    queryFn: async ({ pageParam, signal }): Promise<LinePage> => {
      const query = { sort: "postedOn", page: pageParam, pageSize: PAGE_SIZE } as const;
      const params = { path: { report_id: report.id }, query };
      const call = client.GET("/api/reports/{report_id}/lines", { params, signal });
      return { ...(await unwrap(call)), jobId: report.jobId };
    },
    structuralSharing: (before, after) => newest(before as Pages | undefined, after as Pages),
    initialPageParam: 1,
    getNextPageParam: ({ page, pageSize, totalCount }) =>
      page * pageSize < totalCount ? page + 1 : undefined,
  });
}

export type Pages = InfiniteData<LinePage, number>;

/**
 * No line goes back to an earlier version because an answer came late, and one that is the same
 * stays the same object, so that nothing of it is drawn again.
 */
function newest(before: Pages | undefined, after: Pages): Pages {
  if (before === undefined) {
    return after;
  }
  const untouched = new Set(before.pages);
  const known = new Map(before.pages.flatMap(({ items }) => items.map((line) => [line.id, line])));
  const later = (line: Line) => {
    const other = known.get(line.id);
    return other !== undefined && other.version >= line.version ? other : line;
  };
  const pages = after.pages.map((page) =>
    untouched.has(page) ? page : { ...page, items: page.items.map(later) },
  );
  return { ...after, pages };
}

interface Place {
  reportId: string;
  lineId: string;
}

/** Change one line as long as it is still the version that was seen. */
export function editLine({ reportId, lineId }: Place, version: number, change: LineChange) {
  return unwrap(
    client.PATCH("/api/reports/{report_id}/lines/{line_id}", {
      params: {
        path: { report_id: reportId, line_id: lineId },
        header: { "If-Match": `"${version}"` },
      },
      body: change,
    }),
  );
}

type Many =
  { lines: Schemas["SeenIn"][]; set: LineChange } | { sameVendorAs: string; set: LineChange };

/** Change many lines at once; those that are not as they were seen are named and left alone. */
export function editLines(reportId: string, body: Many) {
  return unwrap(
    client.POST("/api/reports/{report_id}/lines/bulk", {
      params: { path: { report_id: reportId } },
      body,
    }),
  );
}

/** File the merchant of this line like this from now on, and the lines of this report at once. */
export async function makeRule({ reportId, lineId }: Place) {
  const call = client.POST("/api/reports/{report_id}/lines/{line_id}/rule", {
    params: { path: { report_id: reportId, line_id: lineId } },
    body: { apply: true },
  });
  const { rule, changed } = await unwrap(call);
  const { response } = await call;
  return { ruleId: rule.id, changed, isNew: response.status === 201 };
}

export function forgetRule(ruleId: string) {
  return unwrap(client.DELETE("/api/rules/{rule_id}", { params: { path: { rule_id: ruleId } } }));
}
