/** Where a report is downloaded. */
export function exportAddress(
  reportId: string,
  format: "csv" | "xlsx" | "pdf" | "journal-csv",
): string {
  return `/api/reports/${reportId}/export?format=${format}`;
}
