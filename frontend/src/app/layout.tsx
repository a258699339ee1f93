import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { Laptop, LogOut, Moon, Sun } from "lucide-react";
import { Activity, useEffect, useEffectEvent, useState } from "react";

import { isSignedOut } from "@/api/problem-error";
import { ConnectionNotice } from "@/app/connection-notice";
import { ErrorState } from "@/app/error-state";
import { PageCommands, PageCommandsContext } from "@/app/palette/commands";
import { PaletteButton } from "@/app/palette/palette-button";
import { ADDRESSES, PLACES } from "@/app/places";
import { meQuery, useSignOut } from "@/app/session";
import { SignedOut } from "@/app/signed-out";
import { chooseTheme, following, useTheme } from "@/app/theme";
import { Button, buttonLooks } from "@/components/ui/button";
import { useToasts } from "@/components/ui/toast";
import { periodKeys } from "@/features/periods/api";
import { useJobStream } from "@/features/report-jobs/use-job-stream";
import { reportKeys } from "@/features/reports/api";
import { words } from "@/words";

/** What stands around every page. */
export function Layout() {
  const { data: me, error } = useQuery(meQuery);
  const isHere = me !== undefined && !isSignedOut(error);
  const [pageCommands] = useState(() => new PageCommands());
  return (
    <PageCommandsContext value={pageCommands}>
      <div className="mx-auto flex min-h-dvh max-w-7xl flex-col px-4 sm:px-6">
        <a
          href="#main"
          className="absolute left-4 z-10 -translate-y-full bg-card px-3 py-2 focus:translate-y-2"
        >
          {words.skipToContent}
        </a>
        <header className="flex flex-wrap items-center gap-x-4 gap-y-2 py-4">
          <Link to="/" className="flex items-center gap-2 text-lg font-semibold">
            <img src="/static/icon.svg" alt="" width={28} height={28} />
            {words.appName}
          </Link>
          <Nav />
          <div className="ml-auto flex min-w-0 items-center gap-1">
            {isHere && <PaletteButton />}
            {isHere && <Account email={me.email} />}
            <ThemeButton />
          </div>
        </header>
        <main id="main" tabIndex={-1} className="flex-1 py-4">
          <Inside />
        </main>
        <footer className="flex gap-4 py-6 text-sm text-muted-foreground">
          <a href="/docs" className="underline underline-offset-4">
            {words.footer.docs}
          </a>
        </footer>
      </div>
    </PageCommandsContext>
  );
}

function Nav() {
  return (
    <nav
      aria-label={words.nav.label}
      className="order-last w-full overflow-x-auto sm:order-none sm:w-auto"
    >
      <ul className="flex justify-between sm:gap-1">
        {PLACES.map((place) => (
          <li key={place}>
            <Link
              to={ADDRESSES[place]}
              activeOptions={{ exact: place === "periods" }}
              className={buttonLooks({
                variant: "ghost",
                size: "sm",
                className: "px-1 max-sm:text-[0.8125rem] sm:px-2.5",
              })}
              activeProps={{ className: "bg-accent" }}
            >
              {words.nav[place]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/**
 * The page, once it is known who asks. While they sign in again it is hidden and rests, with all
 * that was typed and chosen; another person begins with a page of their own.
 */
function Inside() {
  const { data: me, error, refetch } = useQuery(meQuery);
  const isOut = isSignedOut(error);
  useOwnToasts(me?.id);
  if (me === undefined && !isOut) {
    return error && <ErrorState error={error} onRetry={() => void refetch()} />;
  }
  return (
    <>
      {isOut && <SignedOut isInTheMiddle={me !== undefined} />}
      {me !== undefined && (
        <Activity mode={isOut ? "hidden" : "visible"}>
          <Live key={me.id} person={me.id} />
        </Activity>
      )}
    </>
  );
}

/** What one person was told, and could try again, is nothing for the next. */
function useOwnToasts(person: string | undefined): void {
  const toasts = useToasts();
  const closeAll = useEffectEvent(() => toasts.close());
  useEffect(() => () => closeAll(), [person]);
}

function Live({ person }: { person: string }) {
  const queries = useQueryClient();
  const stream = useJobStream(person, () => {
    // A job that was over before it was seen here has made something all the same.
    for (const { all } of [periodKeys, reportKeys]) {
      void queries.invalidateQueries({ queryKey: all });
    }
  });
  return (
    <>
      <ConnectionNotice stream={stream} />
      <Outlet />
    </>
  );
}

function Account({ email }: { email: string }) {
  const signOut = useSignOut();
  return (
    <>
      <span className="truncate text-sm text-muted-foreground max-sm:sr-only">{email}</span>
      <Button variant="ghost" size="sm" onClick={() => signOut.mutate()}>
        <LogOut aria-hidden />
        <span className="max-sm:sr-only">{words.signOut}</span>
      </Button>
    </>
  );
}

const THEME_ICONS = { system: Laptop, light: Sun, dark: Moon };

function ThemeButton() {
  const theme = useTheme();
  const Icon = THEME_ICONS[theme];
  const label = words.theme.label(words.theme[theme]);
  return (
    <Button
      variant="ghost"
      size="icon"
      aria-label={label}
      title={label}
      onClick={() => chooseTheme(following(theme))}
    >
      <Icon aria-hidden />
    </Button>
  );
}
