import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { troubleOf } from "@/api/problems";
import { ErrorState } from "@/app/error-state";
import { ListSkeleton } from "@/app/list-skeleton";
import { meQuery } from "@/app/session";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { DelayedInput } from "@/components/ui/delayed-input";
import { Empty } from "@/components/ui/empty";
import { Pager } from "@/components/ui/pager";
import { useToasts } from "@/components/ui/toast";
import { PAGE_SIZE, peopleQuery, type Person } from "@/features/administration/api";
import { DeleteDialog, DisableDialog } from "@/features/administration/person-dialogs";
import { peopleSearch } from "@/features/administration/search";
import { signsIn } from "@/features/administration/signs-in";
import { useChangePerson } from "@/features/administration/use-administration";
import { StatusBadge } from "@/features/report-jobs/status-mark";
import { formatMoment, formatPeriod } from "@/lib/dates";
import { words } from "@/words";

const say = words.administration.people;

/** Everybody here, and what becomes of them. */
export function PeoplePage() {
  const { q = "" } = useSearch({ from: "/settings/people" });
  const navigate = useNavigate({ from: "/settings/people" });
  return (
    <section aria-label={say.title} className="grid gap-4">
      <p className="text-muted-foreground">{say.intro}</p>
      <DelayedInput
        type="search"
        className="max-w-sm"
        aria-label={say.search}
        placeholder={say.search}
        value={q}
        onCommit={(next) => void navigate({ search: peopleSearch({ q: next }), replace: true })}
      />
      <People />
    </section>
  );
}

function People() {
  const search = useSearch({ from: "/settings/people" });
  const navigate = useNavigate({ from: "/settings/people" });
  const people = useQuery({ ...peopleQuery(search), placeholderData: keepPreviousData });
  if (people.isPending) {
    return <ListSkeleton />;
  }
  if (people.data === undefined) {
    return <ErrorState error={people.error} onRetry={() => void people.refetch()} />;
  }
  if (people.data.items.length === 0) {
    return <Empty title={say.empty} hint={say.emptyHint} />;
  }
  return (
    <>
      <PersonList people={people.data.items} />
      <Pager
        page={search.page ?? 1}
        pageSize={PAGE_SIZE}
        totalCount={people.data.totalCount}
        onPage={(page) => void navigate({ search: peopleSearch({ ...search, page }) })}
      />
    </>
  );
}

interface Asked {
  person: Person;
  about: "disable" | "delete";
}

function PersonList({ people }: { people: readonly Person[] }) {
  const [asked, ask] = useState<Asked>();
  const { data: me } = useQuery(meQuery);
  const Dialog = asked?.about === "disable" ? DisableDialog : DeleteDialog;
  return (
    <Card className="p-0 sm:p-0">
      <ul aria-label={say.list}>
        {people.map((person) => (
          <li
            key={person.id}
            className="grid gap-x-4 gap-y-2 border-b px-4 py-3 last:border-b-0 sm:grid-cols-[1fr_auto] sm:items-center"
          >
            <PersonFacts person={person} isMe={person.id === me?.id} />
            {person.id !== me?.id && <Actions person={person} onAsk={ask} />}
          </li>
        ))}
      </ul>
      {asked && (
        <Dialog key={asked.person.id} person={asked.person} onClose={() => ask(undefined)} />
      )}
    </Card>
  );
}

function PersonFacts({ person, isMe }: { person: Person; isMe: boolean }) {
  const { lastJob } = person;
  return (
    <div className="grid min-w-0 gap-1">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium wrap-anywhere">{person.email}</span>
        {isMe && <Badge tone="active">{say.you}</Badge>}
        {person.isAdmin && <Badge>{say.admin}</Badge>}
        {person.disabledAt !== null && <Badge tone="warning">{say.disabled}</Badge>}
      </p>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted-foreground">
        <span className="wrap-anywhere">{signsIn(person)}</span>
        <span aria-hidden>·</span>
        <span>
          {say.since} {formatMoment(person.createdAt)}
        </span>
        <span aria-hidden>·</span>
        <span>
          {say.lastJob}: {lastJob === null ? say.noJob : formatPeriod(lastJob.period)}
        </span>
        {lastJob !== null && <StatusBadge status={lastJob.status} />}
      </p>
    </div>
  );
}

interface ActionsProps {
  person: Person;
  onAsk: (asked: Asked) => void;
}

function Actions({ person, onAsk }: ActionsProps) {
  const toasts = useToasts();
  const change = useChangePerson();

  function enable(): void {
    change.mutate(
      { id: person.id, disabled: false },
      {
        onSuccess: () => toasts.add({ title: say.enabledNow(person.email) }),
        onError: (error) =>
          toasts.add({ title: say.notDone, description: troubleOf(error).detail }),
      },
    );
  }

  return (
    <div className="flex flex-wrap gap-2">
      {person.disabledAt === null ? (
        <Button
          size="sm"
          variant="outline"
          aria-label={say.disable(person.email)}
          onClick={() => onAsk({ person, about: "disable" })}
        >
          {say.disableWord}
        </Button>
      ) : (
        <Button
          size="sm"
          variant="outline"
          aria-label={say.enable(person.email)}
          disabled={change.isPending}
          onClick={enable}
        >
          {say.enableWord}
        </Button>
      )}
      <Button
        size="sm"
        variant="outline"
        aria-label={say.remove(person.email)}
        onClick={() => onAsk({ person, about: "delete" })}
      >
        {say.removeWord}
      </Button>
    </div>
  );
}
