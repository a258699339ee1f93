import type { components } from "@/api/schema.gen";

type Schemas = components["schemas"];
export type Line = Schemas["LineOut"];
export type Report = Schemas["ReportOut"];
export type ChartEntry = Schemas["ChartEntryOut"];
export type Tier = Line["tier"];

export const lineKeys = {
  all: ["report-lines"] as const,
  report: (reportId: string) => [...lineKeys.all, reportId] as const,
};
