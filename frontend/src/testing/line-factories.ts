import type { components } from "@/api/schema.gen";
import { anId } from "@/testing/factories";

type Schemas = components["schemas"];

/** A line that needs nothing. */
export function aLine(changes: Partial<Schemas["LineOut"]> = {}): Schemas["LineOut"] {
  return {
    id: anId(),
    transactionId: anId(),
    postedOn: "2026-01-14",
    originalDescription: "SQ *BLUE BOTTLE 0423",
    description: "Coffee",
    vendor: "Blue Bottle",
    note: null,
    amount: "6.50",
    currency: "USD",
    glCode: "66300",
    departmentCode: "07",
    tier: "model",
    confidence: 0.93,
    needsReview: false,
    reviewReason: null,
    explanation: null,
    suggestions: [],
    editedByUser: false,
    version: 1,
    ...changes,
  };
}

export function aFlaggedLine(changes: Partial<Schemas["LineOut"]> = {}): Schemas["LineOut"] {
  return aLine({
    confidence: 0.42,
    needsReview: true,
    reviewReason: "The AI service was not sure",
    suggestions: [
      { glCode: "66300", departmentCode: "07", confidence: 0.42 },
      { glCode: "65400", departmentCode: "05", confidence: 0.3 },
      { glCode: "60100", confidence: 0.1 },
    ],
    ...changes,
  });
}

export function anEntry(code: string, name: string, active = true): Schemas["ChartEntryOut"] {
  return { code, name, description: null, active };
}

export const someAccounts = () => [
  anEntry("60100", "Office Supplies"),
  anEntry("65400", "Travel"),
  anEntry("66300", "Meals"),
  anEntry("69999", "Suspense", false),
];

export const someDepartments = () => [anEntry("05", "Sales"), anEntry("07", "Marketing")];
