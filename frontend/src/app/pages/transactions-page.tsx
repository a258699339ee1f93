import { PageTitle } from "@/components/ui/page-title";
import { words } from "@/words";

export function TransactionsPage() {
  return <PageTitle title={words.nav.transactions} />;
}
