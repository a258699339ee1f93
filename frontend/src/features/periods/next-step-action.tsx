import { Link } from "@tanstack/react-router";
import { Download, ListChecks, Play, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";

import { exportAddress } from "@/api/addresses";
import { Button, buttonLooks } from "@/components/ui/button";
import type { Standing } from "@/features/periods/next-step";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

interface Props {
  period: string;
  standing: Standing;
  isStarting: boolean;
  onStart: () => void;
}

/** The one button of a month. */
export function NextStepAction({ period, standing, isStarting, onStart }: Props) {
  const { next, of } = words.periods;
  const name = formatPeriod(period);
  switch (standing.state) {
    case "running":
      return null; // its progress is there to watch
    case "new":
    case "failed": {
      const action = standing.state === "new" ? next.generate : next.retry;
      return (
        <Button disabled={isStarting} onClick={onStart} aria-label={of(action, name)}>
          {standing.state === "new" ? <Play aria-hidden /> : <RotateCcw aria-hidden />}
          {action}
        </Button>
      );
    }
    case "review": {
      const action = next.review(standing.count);
      return (
        <Link
          to="/reports/$reportId"
          params={{ reportId: standing.reportId }}
          aria-label={of(action, name)}
          className={buttonLooks({})}
        >
          <ListChecks aria-hidden />
          {action}
        </Link>
      );
    }
    case "ready":
    case "submitted":
      return (
        <LinkButton
          href={exportAddress(standing.reportId, "xlsx")}
          label={of(next.export, name)}
          isDownload
          variant={standing.state === "submitted" ? "outline" : "default"}
        >
          <Download aria-hidden />
          {next.export}
        </LinkButton>
      );
  }
}

interface LinkProps {
  href: string;
  variant?: "default" | "outline";
  label: string;
  isDownload?: boolean;
  children: ReactNode;
}

function LinkButton({ href, label, isDownload = false, variant = "default", children }: LinkProps) {
  return (
    <a href={href} aria-label={label} download={isDownload} className={buttonLooks({ variant })}>
      {children}
    </a>
  );
}
