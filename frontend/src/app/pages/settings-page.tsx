import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";

import { meQuery } from "@/app/session";
import { buttonLooks } from "@/components/ui/button";
import { PageTitle } from "@/components/ui/page-title";
import { words } from "@/words";

const TABS = ["accounts", "departments", "rules", "provider"] as const;
const ADMIN_TABS = ["jobs", "people", "alerts"] as const;
const ADDRESSES = {
  accounts: "/settings/accounts",
  departments: "/settings/departments",
  rules: "/settings/rules",
  provider: "/settings/provider",
  jobs: "/settings/jobs",
  people: "/settings/people",
  alerts: "/settings/alerts",
} as const;

/** What reports are made with; each part has an address of its own, some are for administrators. */
export function SettingsPage() {
  const { data: me } = useQuery(meQuery);
  const tabs = me?.isAdmin === true ? [...TABS, ...ADMIN_TABS] : TABS;
  return (
    <div className="mx-auto grid max-w-5xl gap-6">
      <PageTitle title={words.settings.title} />
      <nav aria-label={words.settings.tabs} className="overflow-x-auto border-b">
        <ul className="flex sm:gap-1">
          {tabs.map((tab) => (
            <li key={tab}>
              <Link
                to={ADDRESSES[tab]}
                className={buttonLooks({
                  variant: "ghost",
                  className:
                    "rounded-b-none border-b-2 border-transparent px-1.5 -outline-offset-2 sm:px-3 aria-[current=page]:border-primary aria-[current=page]:text-link",
                })}
              >
                {words.settings.tab[tab]}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </div>
  );
}
