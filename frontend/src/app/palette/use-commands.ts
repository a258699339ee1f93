import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { troubleOf } from "@/api/problems";
import { useOfferedCommands, type Command } from "@/app/palette/commands";
import { ADDRESSES, PLACES } from "@/app/places";
import { useSignOut } from "@/app/session";
import { chooseTheme, THEMES, useTheme } from "@/app/theme";
import { useToasts } from "@/components/ui/toast";
import { periodKeys, periodsQuery, type Period } from "@/features/periods/api";
import { useCreateReportJob } from "@/features/report-jobs/use-report-jobs";
import { formatPeriod } from "@/lib/dates";
import { words } from "@/words";

/** Commands under a heading. */
export interface CommandGroup {
  value: string;
  items: readonly Command[];
}

/** Everything that can be done from here, what is nearest first; groups without any are left out. */
export function useCommands(): { groups: CommandGroup[]; isLoading: boolean } {
  const { data: months, isPending } = useQuery(periodsQuery);
  const { groups } = words.palette;
  const periods = months?.items ?? [];
  const found = [
    { value: groups.page, items: useOfferedCommands() },
    { value: groups.places, items: usePlaces() },
    { value: groups.months, items: useMonths(periods) },
    { value: groups.start, items: useStarts(periods) },
    { value: groups.session, items: useSession() },
  ];
  return { groups: found.filter(({ items }) => items.length > 0), isLoading: isPending };
}

function usePlaces(): Command[] {
  const navigate = useNavigate();
  return PLACES.map((place) => ({
    id: `place:${place}`,
    label: words.nav[place],
    run: () => void navigate({ to: ADDRESSES[place] }),
  }));
}

function useMonths(periods: readonly Period[]): Command[] {
  const navigate = useNavigate();
  return periods.flatMap(({ period, reports }) => [
    ...reports.map(({ id, status }) => ({
      id: `report:${id}`,
      label: words.palette.report(formatPeriod(period)),
      hint: words.report.status[status],
      run: () => void navigate({ to: "/reports/$reportId", params: { reportId: id } }),
    })),
    {
      id: `transactions:${period}`,
      label: words.palette.transactions(formatPeriod(period)),
      run: () => void navigate({ to: "/transactions", search: { period } }),
    },
  ]);
}

/** The months without a report, whose next step is to make one. */
function useStarts(periods: readonly Period[]): Command[] {
  const start = useStart();
  return periods
    .filter(
      ({ reports, activeJobId, transactionCount }) =>
        reports.length === 0 && activeJobId === null && transactionCount > 0,
    )
    .map(({ period }) => ({
      id: `start:${period}`,
      label: words.palette.make(formatPeriod(period)),
      run: () => start(period),
    }));
}

/** The palette has closed when the answer comes, so a toast says what became of it. */
function useStart(): (period: string) => void {
  const queries = useQueryClient();
  const { mutateAsync } = useCreateReportJob();
  const navigate = useNavigate();
  const toasts = useToasts();
  const watch = (jobId: string) => ({
    children: words.palette.watch,
    onClick: () => void navigate({ to: "/jobs/$jobId", params: { jobId } }),
  });
  return (period) => {
    mutateAsync(period)
      .then(({ id }) => {
        const title = words.palette.started(formatPeriod(period));
        toasts.add({ title, actionProps: watch(id) });
      })
      .catch((error: unknown) => {
        const { title, detail, existingJobId } = troubleOf(error);
        toasts.add({
          title,
          description: detail,
          // With something to press it is news, and no alarm.
          ...(existingJobId === undefined
            ? { priority: "high" }
            : { actionProps: watch(existingJobId) }),
        });
      })
      .finally(() => void refreshMonths(queries));
  };
}

function refreshMonths(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({ queryKey: periodKeys.all });
}

function useSession(): Command[] {
  const theme = useTheme();
  const signOut = useSignOut();
  const themes = THEMES.filter((each) => each !== theme).map((each) => ({
    id: `theme:${each}`,
    label: words.palette.theme[each],
    run: () => chooseTheme(each),
  }));
  return [...themes, { id: "sign-out", label: words.signOut, run: () => signOut.mutate() }];
}
