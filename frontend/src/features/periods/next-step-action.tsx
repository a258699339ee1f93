import { Link } from "@tanstack/react-router";
import { Download, List, ListChecks, Play, RotateCcw, Send } from "lucide-react";

import { Button, buttonLooks } from "@/components/ui/button";
import type { Downloads } from "@/features/periods/downloads";
import type { Standing } from "@/features/periods/next-step";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

export interface Steps {
  period: string;
  standing: Standing;
  isStarting: boolean;
  onStart: () => void;
  downloads: Downloads;
}

/** The one button of a month. */
export function NextStepAction(steps: Steps) {
  const { period, standing } = steps;
  switch (standing.state) {
    case "running":
      return null; // its progress is there to watch
    case "new":
    case "failed":
    case "more":
      return <StartButton {...steps} state={standing.state} />;
    case "review":
    case "ready":
      return <ReportLink period={period} standing={standing} />;
    case "submitted":
      return <ExcelButton {...steps} reportId={standing.reportId} />;
    case "nothing":
      return (
        <Link
          to="/transactions"
          search={{ period }}
          aria-label={named(words.periods.next.look, period)}
          className={buttonLooks({ variant: "outline" })}
        >
          <List aria-hidden />
          {words.periods.next.look}
        </Link>
      );
  }
}

function named(action: string, period: string): string {
  return words.periods.of(action, formatPeriod(period));
}

const START = {
  new: { Icon: Play, action: words.periods.next.generate },
  failed: { Icon: RotateCcw, action: words.periods.next.retry },
  more: { Icon: Play, action: words.periods.next.more },
};

function StartButton({ period, state, ...props }: Steps & { state: keyof typeof START }) {
  const { Icon, action } = START[state];
  return (
    <Button disabled={props.isStarting} onClick={props.onStart} aria-label={named(action, period)}>
      <Icon aria-hidden />
      {action}
    </Button>
  );
}

interface ReportLinkProps {
  period: string;
  standing: Extract<Standing, { state: "review" | "ready" }>;
}

/** To the report: to what is left to review, or, with nothing left, to the question to submit it. */
function ReportLink({ period, standing }: ReportLinkProps) {
  const isReady = standing.state === "ready";
  const { next } = words.periods;
  const action = isReady ? next.submit : next.review(standing.count);
  return (
    <Link
      to="/reports/$reportId"
      params={{ reportId: standing.reportId }}
      search={isReady ? { ask: "submit" } : {}}
      aria-label={named(action, period)}
      className={buttonLooks({})}
    >
      {isReady ? <Send aria-hidden /> : <ListChecks aria-hidden />}
      {action}
    </Link>
  );
}

function ExcelButton({ period, reportId, downloads }: Steps & { reportId: string }) {
  const action = words.periods.next.export;
  return (
    <Button
      variant="outline"
      focusableWhenDisabled
      disabled={downloads.making !== undefined}
      onClick={() => downloads.start(reportId, "xlsx")}
      aria-label={named(action, period)}
    >
      <Download aria-hidden />
      {action}
    </Button>
  );
}
