import type { components } from "@/api/schema.gen";
import { anId } from "@/testing/factories";

type Schemas = components["schemas"];
type Row = Schemas["PreviewRowOut"];

export function aRow(changes: Partial<Row> = {}): Row {
  return {
    row: 2,
    postedOn: "2026-01-14",
    description: "BLUE BOTTLE COFFEE",
    amount: "6.50",
    currency: "USD",
    account: "4417",
    decision: "new",
    reason: null,
    chosen: null,
    imports: (changes.decision ?? "new") === "new" || changes.decision === "payment",
    ...changes,
  };
}

/** A row that the file cannot bring in. */
export function aRefusedRow(changes: Partial<Row> = {}): Row {
  return aRow({
    decision: "rejected",
    reason: "The row has no date.",
    postedOn: null,
    description: null,
    amount: null,
    currency: null,
    account: null,
    ...changes,
  });
}

/** What a preview of a CSV file tells; the counts are made of its rows by the backend. */
export function aPreview(changes: Partial<Schemas["PreviewOut"]> = {}): Schemas["PreviewOut"] {
  return {
    format: "csv",
    account: "4417",
    currency: "USD",
    currencySource: "file",
    mapping: {
      columns: { date: [0], description: [1], amount: [2] },
      dateOrder: null,
      decimalSign: ".",
      signConvention: "chargesPositive",
      delimiter: ",",
      headerRow: 1,
      account: null,
    },
    mappingSource: "inferred",
    signConvention: "chargesPositive",
    dateOrderSure: true,
    headerKey: "headings",
    headings: ["Date", "Text", "Amount", "Extra"],
    imported: 0,
    duplicates: 0,
    payments: 0,
    skipped: 0,
    rejected: 0,
    periods: ["2026-01"],
    totals: [{ amount: "6.50", currency: "USD" }],
    importedBefore: false,
    notes: [],
    rows: [aRow()],
    ...changes,
  };
}

export function aStatement(
  changes: Partial<Schemas["StatementOut"]> = {},
): Schemas["StatementOut"] {
  return {
    id: anId(),
    fileName: "january.csv",
    format: "csv",
    account: "4417",
    currency: "USD",
    currencySource: "file",
    imported: 140,
    duplicates: 0,
    payments: 0,
    skipped: 0,
    rejected: [],
    periods: ["2026-01"],
    importedBefore: false,
    mappingSource: "inferred",
    notes: [],
    createdAt: "2026-02-01T09:00:00Z",
    ...changes,
  };
}

export function aTransaction(
  changes: Partial<Schemas["TransactionOut"]> = {},
): Schemas["TransactionOut"] {
  return {
    id: anId(),
    postedOn: "2026-01-14",
    description: "BLUE BOTTLE COFFEE",
    amount: "6.50",
    currency: "USD",
    originalAmount: null,
    originalCurrency: null,
    account: "4417",
    sourceCategory: null,
    isPayment: false,
    excluded: false,
    ...changes,
  };
}
