import { Bar, BarChart, LabelList, XAxis, YAxis } from "recharts";

import { AT_A_GLANCE, nameOf, ranked, type TotalsProps } from "@/features/reports/totals/ranking";
import { formatMoney, lengthOf } from "@/lib/money";

const BAR_HEIGHT = 34;
const LONGEST_NAME = 20;
const MARGIN = { top: 4, right: 96, bottom: 4, left: 0 };
const TEXT = { fill: "var(--foreground)", fontSize: 12 };

/** The largest sums as bars. For the eye only: the table beside it says the same to everybody. */
export function TotalsChart({ totals, kind, onChoose }: TotalsProps) {
  const bars = ranked(totals, kind)
    .slice(0, AT_A_GLANCE)
    .map((sum) => ({
      code: sum.code ?? "",
      name: shortened(nameOf(sum, kind)),
      length: lengthOf(sum.amount),
      // A refund larger than what was spent is a bar to the other side.
      fill: sum.amount.startsWith("-") ? "var(--warning)" : "var(--primary)",
      amount: formatMoney(sum.amount, totals.currency),
    }));
  return (
    <div aria-hidden data-testid="totals-chart">
      <BarChart
        responsive
        layout="vertical"
        width="100%"
        height={bars.length * BAR_HEIGHT + MARGIN.top + MARGIN.bottom}
        data={bars}
        margin={MARGIN}
        accessibilityLayer={false}
      >
        <XAxis type="number" hide />
        <YAxis
          type="category"
          dataKey="name"
          width={132}
          interval={0}
          axisLine={false}
          tickLine={false}
          tick={TEXT}
        />
        <Bar
          dataKey="length"
          radius={3}
          barSize={18}
          isAnimationActive={false}
          className="cursor-pointer"
          onClick={(_, index) => onChoose(kind, bars[index]?.code ?? "")}
        >
          <LabelList dataKey="amount" position="right" {...TEXT} />
        </Bar>
      </BarChart>
    </div>
  );
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
