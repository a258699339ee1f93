import { Download as DownloadIcon, LoaderCircle } from "lucide-react";

import { buttonLooks } from "@/components/ui/button";
import { Menu, MenuItem, MenuTrigger } from "@/components/ui/menu";
import type { ExportFormat } from "@/features/reports/api";
import type { Permit } from "@/features/reports/can";
import type { Download } from "@/features/reports/use-download";
import { words } from "@/words";

const FORMATS: readonly ExportFormat[] = ["pdf", "xlsx", "csv", "journal-csv"];

interface Props {
  reportId: string;
  download: Download;
  /** Whether every line has the account that a journal needs. */
  journal: Permit;
  variant?: "default" | "outline";
}

/** The report as a file, in the format of one's choice. */
export function ExportMenu({ reportId, download, journal, variant = "outline" }: Props) {
  const { making } = download;
  const { label, making: makingOf } = words.report.download;
  const Icon = making === undefined ? DownloadIcon : LoaderCircle;
  return (
    <>
      <Menu
        trigger={
          <MenuTrigger className={buttonLooks({ variant })}>
            <Icon aria-hidden className={making && "motion-safe:animate-spin"} />
            {making === undefined ? label : makingOf(words.report.download[making])}
          </MenuTrigger>
        }
      >
        {FORMATS.map((format) => (
          <Choice
            key={format}
            format={format}
            permit={format === "journal-csv" ? journal : { isAllowed: true }}
            onChoose={() => download.start(reportId, format)}
          />
        ))}
      </Menu>
      <span role="status" className="sr-only">
        {making !== undefined && makingOf(words.report.download[making])}
      </span>
    </>
  );
}

interface ChoiceProps {
  format: ExportFormat;
  permit: Permit;
  onChoose: () => void;
}

function Choice({ format, permit, onChoose }: ChoiceProps) {
  const hint = permit.isAllowed ? words.report.download.hints[format] : permit.reason;
  return (
    <MenuItem
      disabled={!permit.isAllowed}
      onClick={onChoose}
      // Why it cannot be had is to be read, so it does not fade.
      className="grid max-w-72 gap-0 data-disabled:opacity-100"
    >
      <span className={permit.isAllowed ? "font-medium" : "text-muted-foreground line-through"}>
        {words.report.download[format]}
      </span>
      <span className="text-xs text-muted-foreground">{hint}</span>
    </MenuItem>
  );
}
