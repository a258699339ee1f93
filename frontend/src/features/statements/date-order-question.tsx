import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { Preview, Reading } from "@/features/statements/api";
import { words } from "@/words";

interface Props {
  reading: Reading;
  preview: Preview;
  onChange: (reading: Reading) => void;
}

/** 03/04 is in March or in April: only a person knows. It stays once answered, to think again. */
export function DateOrderQuestion({ reading, preview, onChange }: Props) {
  const { dates, reading: said } = words.statements;
  const isAnswered = (reading.dateOrder ?? null) !== null;
  if (preview.dateOrderSure && !isAnswered) {
    return null;
  }
  const { dateOrder } = preview.mapping;
  return (
    <Alert
      tone="info"
      title={dates.question}
      action={(["dayFirst", "monthFirst"] as const).map((order) => (
        <Button
          key={order}
          variant={order === dateOrder && isAnswered ? "default" : "outline"}
          size="sm"
          aria-pressed={order === dateOrder}
          onClick={() => onChange({ ...reading, dateOrder: order })}
        >
          {said.orders[order]}
        </Button>
      ))}
    >
      {isAnswered ? dates.answered : dates.read}
      {dateOrder !== null && ` ${dates.order(dates.firsts[dateOrder])}`}
    </Alert>
  );
}
