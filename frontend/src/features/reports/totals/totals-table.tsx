import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import type { CurrencyTotals } from "@/features/reports/api";
import { nameOf, ranked, type ChooseCode, type Kind } from "@/features/reports/totals/ranking";
import { formatCount, formatMoney } from "@/lib/money";
import { words } from "@/words";

interface Props {
  totals: CurrencyTotals;
  kind: Kind;
  onChoose: ChooseCode;
}

/** What was spent on what; a name shows the lines behind it. */
export function TotalsTable({ totals, kind, onChoose }: Props) {
  const { columns, by, caption, filter, total } = words.report.totals;
  const { currency } = totals;
  return (
    <Table>
      <caption className="sr-only">{caption(by[kind], currency)}</caption>
      <thead>
        <tr>
          <Th>{columns[kind]}</Th>
          <Th className="text-right">{columns.lines}</Th>
          <Th className="text-right">{columns.amount}</Th>
        </tr>
      </thead>
      <tbody className="tabular-nums">
        {ranked(totals, kind).map((sum) => (
          <tr key={sum.code ?? ""}>
            <Td className="py-1">
              <Button
                variant="link"
                size="inline"
                className="min-h-7 justify-start text-left font-normal wrap-anywhere whitespace-normal no-underline hover:underline"
                aria-label={filter(nameOf(sum, kind))}
                onClick={() => onChoose(kind, sum.code ?? "")}
              >
                {sum.code !== null && <span className="text-muted-foreground">{sum.code}</span>}
                {nameOf(sum, kind)}
              </Button>
            </Td>
            <Td className="py-2 text-right">{formatCount(sum.lineCount)}</Td>
            <Td className="py-2 text-right whitespace-nowrap">
              {formatMoney(sum.amount, currency)}
            </Td>
          </tr>
        ))}
      </tbody>
      <tfoot className="font-medium tabular-nums">
        <tr>
          <th scope="row" className="px-3 py-2 text-left font-medium">
            {total}
          </th>
          <td className="px-3 py-2 text-right">{formatCount(totals.lineCount)}</td>
          <td className="px-3 py-2 text-right whitespace-nowrap">
            {formatMoney(totals.amount, currency)}
          </td>
        </tr>
      </tfoot>
    </Table>
  );
}
