import { ArrowLeft } from "lucide-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode, RefObject } from "react";

import { useDocumentTitle } from "@/components/ui/use-document-title";
import type { Report } from "@/features/reports/api";
import { ReportBadges, ReportFacts } from "@/features/reports/report-facts";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  report: Report;
  /** The heading takes the focus when what was pressed has gone. */
  heading: RefObject<HTMLHeadingElement | null>;
  /** The actions. */
  children: ReactNode;
}

/** Which report this is, where it stands, what it adds up to, and what can be done with it. */
export function ReportHeader({ report, heading, children }: Props) {
  useDocumentTitle(words.palette.report(formatPeriod(report.period)));
  return (
    <header className="grid gap-3">
      <Link
        to="/"
        className="flex w-fit items-center gap-1.5 py-1 text-sm text-link underline-offset-4 hover:underline"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {words.report.back}
      </Link>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <div className="grid gap-2">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <h1 ref={heading} tabIndex={-1} className="text-2xl font-semibold">
              {formatPeriod(report.period)}
            </h1>
            <ReportBadges report={report} />
          </div>
          <ReportFacts report={report} />
        </div>
        <div className="flex flex-wrap gap-2">{children}</div>
      </div>
    </header>
  );
}
