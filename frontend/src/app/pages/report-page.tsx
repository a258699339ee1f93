import { PageTitle } from "@/components/ui/page-title";
import { words } from "@/words";

export function ReportPage() {
  return <PageTitle title={words.nav.periods} />;
}
