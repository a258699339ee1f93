import type { ChartEntry, Report } from "@/features/reports/lines/api";

interface Props {
  report: Report;
  accounts: readonly ChartEntry[];
  departments: readonly ChartEntry[];
  onChanged: () => void;
}

/** The place of the lines. */
export function ReportLines({ report }: Props) {
  return <section data-report={report.id} />;
}
