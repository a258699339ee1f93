import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";

type Entry = components["schemas"]["ChartEntryOut"];
type Changes = components["schemas"]["ChartChangesOut"];
type Half = "accounts" | "departments";

/** As many as are asked for, and no more. */
function part(request: Request, entries: readonly Entry[]): Answer<"listAccounts"> {
  const { searchParams } = new URL(request.url);
  const page = Number(searchParams.get("page") ?? 1);
  const pageSize = Number(searchParams.get("pageSize") ?? 1000);
  const items = entries.slice((page - 1) * pageSize, page * pageSize);
  return { items, totalCount: entries.length, page, pageSize };
}

/** The list in the body; of CSV only what tests write: no quotes, the columns code and name. */
async function sent(request: Request): Promise<Entry[]> {
  if (request.headers.get("Content-Type") !== "text/csv") {
    return ((await request.json()) as { items: Entry[] }).items;
  }
  const [, ...lines] = (await request.text()).trim().split("\n");
  return lines.map((line) => {
    const [code = "", name = ""] = line.split(",");
    return { code, name, description: null, active: true };
  });
}

function changes(before: readonly Entry[], wanted: readonly Entry[]): Changes {
  const known = new Map(before.map((entry) => [entry.code, entry]));
  const active = new Set(wanted.filter((entry) => entry.active).map(({ code }) => code));
  const deactivated = before.filter((entry) => entry.active && !active.has(entry.code));
  const good = wanted.filter(({ name }) => name !== "");
  const changed = good.flatMap((becomes) => {
    const was = known.get(becomes.code);
    return was === undefined || was.name === becomes.name ? [] : [{ was, becomes }];
  });
  return {
    added: good.filter(({ code }) => !known.has(code)),
    changed,
    deactivated,
    unchanged: before.length - changed.length - deactivated.length,
    rejected: wanted.flatMap(({ code, name }, at) =>
      name === "" ? [{ row: at + 1, code, reason: "the name is empty" }] : [],
    ),
    isDrastic: false,
  };
}

const list = (half: Half) =>
  http.get(`/api/${half}`, ({ request }) =>
    HttpResponse.json<Answer<"listAccounts">>(part(request, database[half]), {
      headers: { ETag: database.chartTag },
    }),
  );

const replace = (half: Half) =>
  http.put(`/api/${half}`, async ({ request }) => {
    if (request.headers.get("If-Match") !== database.chartTag) {
      return problem(412, "chart-changed");
    }
    const wanted = await sent(request);
    const told = changes(database[half], wanted);
    if (new URL(request.url).searchParams.get("dryRun") !== "true") {
      const left = database[half].filter(({ code }) => wanted.every((one) => one.code !== code));
      database[half] = [...wanted, ...left.map((entry) => ({ ...entry, active: false }))];
    }
    return HttpResponse.json<Answer<"replaceAccounts">>(told);
  });

export const chart = [
  list("accounts"),
  list("departments"),
  replace("accounts"),
  replace("departments"),
];
