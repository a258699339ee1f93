import { Link } from "@tanstack/react-router";

import { buttonLooks } from "@/components/ui/button";
import type { RuleTest, TestedLine } from "@/features/rules/api";
import { placeOf, type Chart } from "@/features/rules/chart";
import { formatDay } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

type Group = Exclude<keyof RuleTest, "matched">;
type Kept = Exclude<Group, "wouldChange" | "alreadySo">;

interface Props {
  lines: readonly TestedLine[];
  group: Group;
  chart: Chart;
}

/** Lines that fit a rule: where they are filed now, and where the rule would. */
export function TestedLines({ lines, group, chart }: Props) {
  if (lines.length === 0) {
    return <p className="text-sm text-muted-foreground">{words.rules.test.emptyGroup}</p>;
  }
  return (
    <ul aria-label={words.rules.test.group[group]} className="grid">
      {lines.map((line) => (
        <li key={line.lineId} className="grid gap-1 border-t py-3 text-sm first:border-t-0">
          <Charge line={line} />
          <Change {...{ line, group, chart }} />
          {isKept(group) && <p className="text-muted-foreground">{line.why}</p>}
        </li>
      ))}
    </ul>
  );
}

/** Only there the reason says more than the name of the group. */
function isKept(group: Group): group is Kept {
  return group !== "wouldChange" && group !== "alreadySo";
}

function Charge({ line }: { line: TestedLine }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-3">
      <span className="min-w-0 flex-1 font-medium wrap-anywhere">{line.originalDescription}</span>
      <span className="tabular-nums">{formatMoney(line.amount, line.currency)}</span>
      <span className="w-full text-muted-foreground">
        {formatDay(line.postedOn)}
        {" · "}
        <Link
          to="/reports/$reportId"
          params={{ reportId: line.reportId }}
          aria-label={words.rules.test.openReportOf(line.originalDescription)}
          className={buttonLooks({ variant: "link", size: "inline" })}
        >
          {words.rules.test.openReport}
        </Link>
      </span>
    </div>
  );
}

interface ChangeProps {
  line: TestedLine;
  group: Group;
  chart: Chart;
}

function Change({ line, group, chart }: ChangeProps) {
  const now = placeOf(chart, line.glCode, line.departmentCode);
  const then = placeOf(chart, line.newGlCode, line.newDepartmentCode);
  if (now === then) {
    return (
      <p className="wrap-anywhere">
        {now}
        {!isKept(group) && (
          <span className="text-muted-foreground"> · {words.rules.test.same[group]}</span>
        )}
      </p>
    );
  }
  return (
    <p className="wrap-anywhere">
      <span className="sr-only">{words.rules.test.from} </span>
      <span className="text-muted-foreground">{now}</span>
      <span aria-hidden> → </span>
      <span className="sr-only"> {words.rules.test.to} </span>
      <span className="font-medium">{then}</span>
    </p>
  );
}
