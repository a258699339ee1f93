import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";
import { aRule } from "@/testing/settings-factories";

type Schemas = components["schemas"];
type Line = Schemas["LineOut"];
type Change = Schemas["LineIn"];

/** As somebody else, or another window, would: a line is changed behind the page's back. */
export function changeBehind(id: string, changes: Partial<Line>): Line {
  const before = lineOf(id);
  return put({ ...before, ...changes, version: before.version + 1 });
}

export function lineOf(id: string): Line {
  const line = database.lines.find((each) => each.id === id);
  if (line === undefined) {
    throw new Error(`no line ${id}`);
  }
  return line;
}

function put(line: Line): Line {
  database.lines = database.lines.map((each) => (each.id === line.id ? line : each));
  const needsReviewCount = database.lines.filter(({ needsReview }) => needsReview).length;
  database.reports = database.reports.map((report) => ({ ...report, needsReviewCount }));
  return line;
}

/** The rules of the server, as far as a page can see them. */
function edited(before: Line, change: Change): Line {
  const after: Line = {
    ...before,
    ...change,
    description:
      change.description ??
      (change.description === null ? before.originalDescription : before.description),
    editedByUser: true,
  };
  if (change.needsReview !== undefined) {
    after.needsReview = change.needsReview;
  } else if (change.glCode !== undefined || change.departmentCode !== undefined) {
    after.needsReview = after.glCode === null;
  }
  after.reviewReason = after.needsReview
    ? (before.reviewReason ?? "You marked this line for review")
    : null;
  return put({ ...after, version: before.version + 1 });
}

const isSubmitted = () => database.reports.some(({ status }) => status === "Submitted");
const submitted = () => problem(409, "report-is-submitted");

function unknownCode({ glCode }: Change) {
  const isKnown = glCode == null || database.accounts.some(({ code }) => code === glCode);
  return isKnown ? undefined : problem(422, "unknown-account");
}

function bulk({ lines, sameVendorAs, set }: Schemas["BulkIn"]): Schemas["BulkOut"] {
  const told: Schemas["BulkOut"] = { updated: [], conflicts: [] };
  for (const { id, version } of lines ?? ofVendor(sameVendorAs)) {
    const line = database.lines.find((each) => each.id === id);
    const reason = whyNot(line, version, lines == null && id !== sameVendorAs);
    if (line !== undefined && reason === undefined) {
      told.updated.push(isSo(line, set) ? line : edited(line, set));
    } else {
      told.conflicts.push({ id, version: line?.version ?? null, reason: reason ?? "gone" });
    }
  }
  return told;
}

function ofVendor(id: string | null | undefined): Line[] {
  const vendor = id == null ? undefined : lineOf(id).vendor;
  return database.lines.filter((line) => line.vendor === vendor);
}

function isSo(line: Line, set: Change): boolean {
  return Object.entries(set).every(([name, value]) => line[name as keyof Line] === value);
}

function whyNot(line: Line | undefined, version: number, sparesOwn: boolean) {
  if (line === undefined) {
    return "gone";
  }
  if (line.version !== version) {
    return "changed";
  }
  return sparesOwn && line.editedByUser ? "yours" : undefined;
}

export const lines = [
  http.get("/api/reports/:report/lines", ({ request }) => {
    const query = new URL(request.url).searchParams;
    const [number, size] = [Number(query.get("page") ?? 1), Number(query.get("pageSize") ?? 20)];
    const found = database.lines.filter(
      ({ needsReview }) => query.get("needsReview") !== "true" || needsReview,
    );
    return HttpResponse.json<Answer<"listLines">>({
      items: found.slice((number - 1) * size, number * size),
      totalCount: found.length,
      page: number,
      pageSize: size,
    });
  }),
  http.patch<{ line: string }, Change>(
    "/api/reports/:report/lines/:line",
    async ({ params, request }) => {
      const change = await request.json();
      const line = database.lines.find(({ id }) => id === params.line);
      if (line === undefined) {
        return problem(404, "line-not-found");
      }
      if (isSubmitted()) {
        return submitted();
      }
      if (request.headers.get("If-Match") !== `"${line.version}"`) {
        return problem(412, "line-changed", { members: { current: line } });
      }
      return unknownCode(change) ?? HttpResponse.json<Answer<"editLine">>(edited(line, change));
    },
  ),
  http.post<never, Schemas["BulkIn"]>("/api/reports/:report/lines/bulk", async ({ request }) => {
    const body = await request.json();
    if (isSubmitted()) {
      return submitted();
    }
    return unknownCode(body.set) ?? HttpResponse.json<Answer<"editLines">>(bulk(body));
  }),
  http.post<{ line: string }>("/api/reports/:report/lines/:line/rule", ({ params }) => {
    const { id, vendor, glCode, departmentCode } = lineOf(params.line);
    const others = database.lines.filter(
      (line) =>
        line.vendor === vendor && line.id !== id && !line.editedByUser && line.glCode !== glCode,
    );
    others.forEach((line) => {
      put({ ...line, glCode, departmentCode, tier: "rule", version: line.version + 1 });
    });
    const rule = aRule({ glCode: glCode ?? "", merchantContains: vendor });
    database.rules.push(rule);
    return HttpResponse.json<Schemas["AlwaysOut"]>(
      { rule, changed: others.length },
      { status: 201 },
    );
  }),
];
