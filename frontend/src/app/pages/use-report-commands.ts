import { useNavigate } from "@tanstack/react-router";

import { usePageCommands, type Command } from "@/app/palette/commands";
import { useAsk } from "@/app/pages/use-ask";
import type { ReportUpdate } from "@/app/pages/use-report-update";
import type { ExportFormat, Report } from "@/features/reports/api";
import { canSubmit } from "@/features/reports/can";
import type { Question } from "@/features/reports/search";
import type { Download } from "@/features/reports/use-download";
import { words } from "@/words";

interface Page {
  report: Report;
  download: Download;
  update: ReportUpdate;
}

const FORMATS: readonly ExportFormat[] = ["pdf", "xlsx", "csv", "journal-csv"];

/** What the palette offers on the page of a report. */
export function useReportCommands({ report, download, update }: Page): void {
  const ask = useAsk();
  const filters = useFilters(report);
  const { onReport } = words.palette;
  const asking = (question: Question): Command => ({
    id: question,
    label: onReport[question],
    run: () => ask(question),
  });
  const downloads = FORMATS.map((format) => ({
    id: `download:${format}`,
    label: onReport.download(words.report.download[format]),
    run: () => download.start(report.id, format),
  }));
  usePageCommands([
    ...(report.status === "Submitted"
      ? [asking("reopen"), ...filters, ...downloads]
      : [
          ...(canSubmit(report).isAllowed ? [asking("submit")] : []),
          ...filters,
          ...downloads,
          { id: "update", label: onReport.update, run: update.start },
          asking("delete"),
        ]),
  ]);
}

function useFilters(report: Report): Command[] {
  const navigate = useNavigate({ from: "/reports/$reportId" });
  const { needsReview, all } = words.palette.onReport;
  const show = (id: string, label: string, isFlagged: boolean): Command => ({
    id,
    label,
    run: () => void navigate({ search: { needsReview: isFlagged } }),
  });
  return [
    ...(report.needsReviewCount > 0 ? [show("flagged", needsReview, true)] : []),
    show("all", all, false),
  ];
}
