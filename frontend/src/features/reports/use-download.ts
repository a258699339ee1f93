import { useMutation } from "@tanstack/react-query";

import { troubleOf } from "@/api/problems";
import { useToasts } from "@/components/ui/toast";
import { fetchExport, type ExportFormat } from "@/features/reports/api";
import { saveFile } from "@/lib/save-file";
import { words } from "@/words";

/** Have a file of a report made and saved. */
export interface Download {
  start: (reportId: string, format: ExportFormat) => void;
  /** What is being made right now. */
  making: ExportFormat | undefined;
}

/**
 * Fetched here rather than by a link: a file that the server will not make is told in words, in
 * place of an answer of the API in the window.
 */
export function useDownload(): Download {
  const toasts = useToasts();
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (wanted: { reportId: string; format: ExportFormat }) =>
      fetchExport(wanted.reportId, wanted.format),
    onSuccess: ({ content, name }) => {
      saveFile(content, name);
      toasts.add({ title: words.report.download.done(name) });
    },
    onError: (error, { format }) => {
      const { title, detail } = troubleOf(error);
      toasts.add({
        title: words.report.download.failed(words.report.download[format]),
        description: `${title}. ${detail}`,
        priority: "high",
      });
    },
  });
  return {
    start: (reportId, format) => {
      if (!isPending) {
        mutate({ reportId, format });
      }
    },
    making: isPending ? variables.format : undefined,
  };
}
