import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Table, Td, Th } from "@/components/ui/table";
import type { CodeTotal } from "@/features/reports/api";
import { AT_A_GLANCE, nameOf, ranked, type TotalsProps } from "@/features/reports/totals/ranking";
import { formatCount, formatMoney } from "@/lib/money";
import { words } from "@/words";

/** What was spent on what; a name shows the lines behind it. */
export function TotalsTable({ totals, kind, onChoose }: TotalsProps) {
  const [isWhole, setWhole] = useState(false);
  const { columns, by, caption, total, showAll, showFewer } = words.report.totals;
  const { currency } = totals;
  const sums = ranked(totals, kind);
  return (
    <div className="grid gap-2">
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
          {sums.slice(0, isWhole ? sums.length : AT_A_GLANCE).map((sum) => (
            <Row key={sum.code ?? ""} {...{ sum, kind, currency, onChoose }} />
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
      {sums.length > AT_A_GLANCE && (
        <Button
          variant="ghost"
          size="sm"
          className="justify-self-start"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          {isWhole ? showFewer : showAll(sums.length)}
        </Button>
      )}
    </div>
  );
}

interface RowProps extends Omit<TotalsProps, "totals"> {
  sum: CodeTotal;
  currency: string;
}

function Row({ sum, kind, currency, onChoose }: RowProps) {
  const name = nameOf(sum, kind);
  const full = sum.code === null ? name : `${name} ${sum.code}`;
  return (
    <tr>
      <Td className="py-1">
        <Button
          variant="link"
          size="inline"
          className="inline min-h-7 py-1 text-left font-normal wrap-anywhere whitespace-normal no-underline hover:underline"
          aria-label={words.report.totals.filter(full)}
          onClick={() => onChoose(kind, sum.code ?? "")}
        >
          {name}{" "}
          {sum.code !== null && (
            <span className="whitespace-nowrap text-muted-foreground">{sum.code}</span>
          )}
        </Button>
      </Td>
      <Td className="py-2 text-right">{formatCount(sum.lineCount)}</Td>
      <Td className="py-2 text-right whitespace-nowrap">{formatMoney(sum.amount, currency)}</Td>
    </tr>
  );
}
