import { Button } from "@/components/ui/button";
import type { DownloadFormat, Downloads } from "@/features/periods/downloads";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  period: string;
  reportId: string;
  formats: readonly DownloadFormat[];
  downloads: Downloads;
}

export function DownloadLinks({ period, reportId, formats, downloads }: Props) {
  return formats.map((format) => (
    <Button
      key={format}
      variant="link"
      size="inline"
      className="min-h-6 min-w-6"
      focusableWhenDisabled
      disabled={downloads.making !== undefined}
      aria-label={words.periods.of(format.toUpperCase(), formatPeriod(period))}
      onClick={() => downloads.start(reportId, format)}
    >
      {format.toUpperCase()}
    </Button>
  ));
}
