import { Badge } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/checkbox";
import { Tooltip } from "@/components/ui/tooltip";
import type { Transaction } from "@/features/transactions/api";
import { cn } from "@/lib/cn";
import { formatDay } from "@/lib/dates";
import { formatMoney } from "@/lib/money";
import { words } from "@/words";

/** A table; on a narrow page each row is a card of its own. */
const GRID =
  "grid items-start gap-x-4 gap-y-1 px-4 py-3 text-sm grid-cols-[minmax(0,1fr)_auto] sm:grid-cols-[7rem_minmax(0,1fr)_9rem_7rem]";

interface Props {
  transactions: readonly Transaction[];
  onPersonal: (change: { transaction: Transaction; excluded: boolean }) => void;
}

export function TransactionList({ transactions, onPersonal }: Props) {
  const said = words.transactions;
  return (
    <div role="table" aria-label={said.label} className="rounded-xl border bg-card">
      <div role="rowgroup" className="hidden border-b sm:block">
        <div role="row" className={cn(GRID, "font-medium text-muted-foreground")}>
          <span role="columnheader">{said.date}</span>
          <span role="columnheader">{said.description}</span>
          <span role="columnheader" className="text-right">
            {said.amount}
          </span>
          <span role="columnheader">{said.personal}</span>
        </div>
      </div>
      <div role="rowgroup" className="divide-y">
        {transactions.map((transaction) => (
          <TransactionRow key={transaction.id} {...{ transaction, onPersonal }} />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  transaction: Transaction;
  onPersonal: Props["onPersonal"];
}

function TransactionRow({ transaction, onPersonal }: RowProps) {
  const { postedOn, description, account, sourceCategory, excluded } = transaction;
  const card = account === null ? null : words.transactions.account(account);
  const details = [card, sourceCategory].filter(Boolean).join(" · ");
  return (
    <div role="row" className={cn(GRID, excluded && "text-muted-foreground")}>
      <span role="cell" className="order-3 text-muted-foreground tabular-nums sm:order-none">
        {formatDay(postedOn)}
      </span>
      <span role="cell" className="wrap-anywhere">
        <span className={cn("font-medium", excluded && "line-through")}>{description}</span>
        {details !== "" && <span className="block text-xs text-muted-foreground">{details}</span>}
      </span>
      <Amount transaction={transaction} />
      <span role="cell" className="order-4 justify-self-end sm:order-none sm:justify-self-start">
        <Personal {...{ transaction, onPersonal }} />
      </span>
    </div>
  );
}

function Amount({ transaction }: { transaction: Transaction }) {
  const { amount, currency, originalAmount, originalCurrency } = transaction;
  const isAbroad = originalAmount !== null && originalCurrency !== null;
  return (
    <span role="cell" className="text-right whitespace-nowrap tabular-nums">
      <span className="font-medium">{formatMoney(amount, currency)}</span>
      {isAbroad && originalCurrency !== currency && (
        <span className="block text-xs text-muted-foreground">
          {words.transactions.original(formatMoney(originalAmount, originalCurrency))}
        </span>
      )}
    </span>
  );
}

/** A payment never enters a report anyway: there is nothing to mark. */
function Personal({ transaction, onPersonal }: RowProps) {
  const { payment, paymentHint, personal, markPersonal } = words.transactions;
  if (transaction.isPayment) {
    return (
      <Tooltip text={paymentHint}>
        <Badge tone="active">{payment}</Badge>
      </Tooltip>
    );
  }
  return (
    <label className="flex min-h-6 cursor-pointer items-center gap-2">
      <Checkbox
        aria-label={markPersonal(transaction.description)}
        checked={transaction.excluded}
        onCheckedChange={(excluded) => onPersonal({ transaction, excluded })}
      />
      <span aria-hidden className="sm:hidden">
        {personal}
      </span>
    </label>
  );
}
