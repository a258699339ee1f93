import type { components } from "@/api/schema.gen";
import { aJob, anId } from "@/testing/factories";

type Schemas = components["schemas"];

export function someAlerts(changes: Partial<Schemas["AlertsOut"]> = {}): Schemas["AlertsOut"] {
  return {
    lastHour: { finished: 12, failed: 3, share: 0.25 },
    threshold: { share: 0.1, ofAtLeast: 5 },
    firing: false,
    since: null,
    webhook: { configured: false, toldAt: null, refusals: 0, nextTryAt: null },
    ...changes,
  };
}

export function aPerson(changes: Partial<Schemas["PersonOut"]> = {}): Schemas["PersonOut"] {
  return {
    id: anId(),
    email: "bob@example.com",
    issuer: null,
    subject: null,
    isAdmin: false,
    disabledAt: null,
    createdAt: "2026-01-05T09:00:00Z",
    lastJob: null,
    ...changes,
  };
}

export function anOwnedJob(
  changes: Partial<Schemas["OwnedReportJobOut"]> = {},
): Schemas["OwnedReportJobOut"] {
  return { ...aJob(), user: { id: anId(), email: "bob@example.com" }, ...changes };
}
