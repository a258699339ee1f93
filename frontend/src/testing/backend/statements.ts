import { http, HttpResponse } from "msw";

import type { components } from "@/api/schema.gen";
import { pageOf, problem, type Answer } from "@/testing/backend/answers";
import { database } from "@/testing/backend/database";
import { aStatement } from "@/testing/statement-factories";

type Schemas = components["schemas"];
type Preview = Schemas["PreviewOut"];
type Row = Schemas["PreviewRowOut"];

/** A form as it came in, taken apart. */
export interface SentForm {
  fileName: string;
  account: string | null;
  currency: string | null;
  mapping: Partial<Schemas["MappingOut"]>;
  decisions: Record<string, "import" | "skip">;
}

async function formOf(request: Request): Promise<SentForm> {
  const form = await request.formData();
  const file = form.get("file");
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" ? value : null;
  };
  return {
    fileName: file instanceof File ? file.name : "",
    account: text("account"),
    currency: text("currency"),
    mapping: JSON.parse(text("mapping") ?? "{}") as SentForm["mapping"],
    decisions: JSON.parse(text("decisions") ?? "{}") as SentForm["decisions"],
  };
}

/** The preview of the database, as the form changes it. */
function previewOf({ mapping, decisions, account, currency }: SentForm): Preview {
  const known = database.preview;
  const signConvention = mapping.signConvention ?? known.signConvention;
  const rows = known.rows.map((row) => {
    const chosen = decided(row, decisions[row.row]);
    return signConvention === known.signConvention ? chosen : turned(chosen);
  });
  const count = (fits: (row: Row) => boolean) => rows.filter(fits).length;
  return {
    ...known,
    account: account ?? known.account,
    currency: currency ?? known.currency,
    mapping: {
      ...known.mapping,
      ...mapping,
      columns: { ...known.mapping.columns, ...mapping.columns },
    },
    mappingSource: Object.keys(mapping).length > 0 ? "given" : known.mappingSource,
    signConvention,
    dateOrderSure: known.dateOrderSure || (mapping.dateOrder ?? null) !== null,
    rows,
    imported: count((row) => row.imports && !isPayment(row)),
    payments: count((row) => row.imports && isPayment(row)),
    duplicates: count((row) => row.decision === "duplicate" && !row.imports),
    skipped: count((row) => !row.imports && (row.decision === "new" || row.decision === "payment")),
    rejected: count((row) => row.decision === "rejected"),
  };
}

const isPayment = (row: Row) => row.decision === "payment" && row.chosen !== "import";

function decided(row: Row, choice: "import" | "skip" | undefined): Row {
  if (choice === undefined) {
    return row;
  }
  const reason = choice === "skip" ? "You chose to leave it out." : "You chose to import it.";
  return { ...row, chosen: choice, imports: choice === "import", reason };
}

const turned = (row: Row): Row => ({
  ...row,
  amount: row.amount === null ? null : row.amount.replace(/^(-?)/, (sign) => (sign ? "" : "-")),
});

export const statements = [
  http.get("/api/statements", ({ request }) => {
    return HttpResponse.json<Answer<"listStatements">>(pageOf(database.statements, request));
  }),
  http.post("/api/statements/preview", async ({ request }) => {
    const form = await formOf(request);
    database.previewed.push(form);
    return HttpResponse.json<Preview>(previewOf(form));
  }),
  http.post("/api/statements", async ({ request }) => {
    const form = await formOf(request);
    const { rows, ...preview } = previewOf(form);
    const rejected = rows
      .filter((row) => row.decision === "rejected")
      .map(({ row, reason }) => ({ row, reason: reason ?? "" }));
    const { imported, duplicates, payments, skipped, periods } = preview;
    const statement = aStatement({
      fileName: form.fileName,
      ...{ imported, duplicates, payments, skipped, periods, rejected },
    });
    database.imported.push(form);
    database.statements.unshift(statement);
    return HttpResponse.json<Schemas["StatementOut"]>(statement, { status: 201 });
  }),
  http.delete<{ id: string }>("/api/statements/:id", ({ params }) => {
    if (!database.statements.some(({ id }) => id === params.id)) {
      return problem(404, "statement-not-found");
    }
    database.statements = database.statements.filter(({ id }) => id !== params.id);
    return new HttpResponse(null, { status: 204 });
  }),
];
