import { PageTitle } from "@/components/ui/page-title";
import { words } from "@/words";

export function HistoryPage() {
  return <PageTitle title={words.nav.history} />;
}
