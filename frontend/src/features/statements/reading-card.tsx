import { ArrowLeftRight } from "lucide-react";
import { useId } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import type { Preview, Reading } from "@/features/statements/api";
import { ColumnRoles } from "@/features/statements/column-roles";
import { flipped, withDelimiter } from "@/features/statements/reading";
import { SelectField } from "@/features/statements/select-field";
import { words } from "@/words";

interface Props {
  reading: Reading;
  preview: Preview;
  onChange: (reading: Reading) => void;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
const DECIMALS = [".", ","] as const;
export const DATE_ORDERS = ["dayFirst", "monthFirst", "yearFirst"] as const;

/** How the file was read, and each of it changeable. */
export function ReadingCard({ reading, preview, onChange }: Props) {
  const heading = useId();
  const { reading: said } = words.statements;
  const isChanged = Object.keys(reading).length > 0;
  return (
    <Card>
      <section aria-labelledby={heading} className="grid gap-4">
        <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <h2 id={heading} className="text-lg font-semibold">
            {said.heading}
          </h2>
          <p className="text-sm text-muted-foreground">{said.source[preview.mappingSource]}</p>
          {isChanged && (
            <Button variant="link" size="inline" className="ml-auto" onClick={() => onChange({})}>
              {said.reset}
            </Button>
          )}
        </div>
        <SignLine {...{ reading, preview, onChange }} />
        {preview.mapping.delimiter !== null && (
          <details>
            <summary className="w-fit cursor-pointer py-1 text-sm font-medium">
              {said.change}
            </summary>
            <div className="mt-3 grid grid-cols-1 gap-5">
              <Marks {...{ reading, preview, onChange }} />
              <ColumnRoles {...{ reading, preview, onChange }} />
            </div>
          </details>
        )}
      </section>
    </Card>
  );
}

function SignLine({ reading, preview, onChange }: Props) {
  const { reading: said } = words.statements;
  const { signConvention, mapping } = preview;
  if (signConvention === null) {
    return null;
  }
  const hasSides = ["debit", "credit", "direction"].some((role) => role in mapping.columns);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-lg bg-muted px-3 py-2 text-sm">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-medium">{(hasSides ? said.sides : said.signs)[signConvention]}</p>
        <p className="text-muted-foreground">{said.flipHint}</p>
      </div>
      <Button variant="outline" size="sm" onClick={() => onChange(flipped(reading, preview))}>
        <ArrowLeftRight aria-hidden />
        {said.flip}
      </Button>
    </div>
  );
}

function Marks({ reading, preview, onChange }: Props) {
  const { reading: said } = words.statements;
  const { dateOrder, decimalSign, delimiter } = preview.mapping;
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
      <SelectField
        label={said.dateOrder}
        value={dateOrder}
        options={DATE_ORDERS}
        name={(order) => said.orders[order]}
        onChange={(order) => onChange({ ...reading, dateOrder: order })}
      />
      <SelectField
        label={said.decimal}
        value={decimalSign}
        options={DECIMALS}
        name={(sign) => said.decimals[sign]}
        onChange={(sign) => onChange({ ...reading, decimalSign: sign })}
      />
      <SelectField
        label={said.delimiter}
        value={delimiter}
        options={DELIMITERS}
        name={(mark) => said.delimiters[mark]}
        onChange={(mark) => mark !== null && onChange(withDelimiter(reading, mark))}
      />
    </div>
  );
}
