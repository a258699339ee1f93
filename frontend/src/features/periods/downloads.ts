/** Have a file of a report made and saved; the app knows how. */
export interface Downloads {
  start: (reportId: string, format: DownloadFormat) => void;
  /** What is being made right now. */
  making: string | undefined;
}

export type DownloadFormat = "csv" | "xlsx" | "pdf";
