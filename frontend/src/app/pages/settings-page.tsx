import { PageTitle } from "@/components/ui/page-title";
import { words } from "@/words";

export function SettingsPage() {
  return <PageTitle title={words.nav.settings} />;
}
