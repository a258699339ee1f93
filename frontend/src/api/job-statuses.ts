import type { components } from "@/api/schema.gen";

export type JobStatus = components["schemas"]["ReportJobOut"]["status"];

/** In the order in which a job goes through them. */
export const STATUSES: readonly JobStatus[] = [
  "Pending",
  "Processing",
  "CancellationRequested",
  "Completed",
  "Failed",
  "Cancelled",
];
