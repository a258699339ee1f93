import { PageTitle } from "@/components/ui/page-title";
import { words } from "@/words";

export function ImportPage() {
  return <PageTitle title={words.nav.import} />;
}
