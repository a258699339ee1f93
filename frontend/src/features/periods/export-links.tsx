import { exportAddress } from "@/api/addresses";
import { buttonLooks } from "@/components/ui/button";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  period: string;
  reportId: string;
  formats: readonly ("csv" | "xlsx" | "pdf")[];
}

export function ExportLinks({ period, reportId, formats }: Props) {
  return formats.map((format) => (
    <a
      key={format}
      download
      href={exportAddress(reportId, format)}
      aria-label={words.periods.of(format.toUpperCase(), formatPeriod(period))}
      className={buttonLooks({ variant: "link", size: "inline" })}
    >
      {format.toUpperCase()}
    </a>
  ));
}
