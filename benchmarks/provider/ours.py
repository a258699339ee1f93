"""ExpenseFlow in a scenario: real processes over a fresh database, measured from outside."""

import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from tests.support.processes import Process, Stack

from benchmarks import world
from benchmarks.memory import Memory
from benchmarks.provider import eta, record, watching
from benchmarks.provider.eta import Truth
from benchmarks.provider.record import Call, Counts
from benchmarks.provider.scenario import Part, Scenario, Who
from benchmarks.provider.simulated import Simulated
from benchmarks.provider.watching import Watched
from benchmarks.world import Person, World

LATE_LINES = 10
_NEXT_PERIOD = "2026-02"
_MARGIN = 0.5
_DEADLINE = 600.0
_LEAST_PATIENCE, _PATIENCE = 90.0, 5.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of one part; `seconds` is infinite when it did not end in time."""

    seconds: float
    counts: Counts
    flagged: Mapping[str, int]
    """Lines without codes, by description."""
    wrong: Sequence[str]
    """What must never be, in words."""
    late_seconds: float | None = None
    """Of the job that started last."""
    memory: float | None = None
    truths: Sequence[Truth] = ()
    calls: Sequence[Call] = ()
    """As the provider recorded them."""


class Stage:
    """The processes of one scenario."""

    def __init__(self, scenario: Scenario, stack: Stack, provider: Simulated) -> None:
        self.scenario = scenario
        self.stack = stack
        self.provider = provider
        self.workers: list[Process] = []
        self.names = world.merchants(scenario.merchants * scenario.jobs * 2 + LATE_LINES)
        """Of the first, of the later and of the late report."""

    def begin(self) -> None:
        """Start everything; the provider's script begins last."""
        if self.scenario.has_provider:
            self.stack.env["EXPENSEFLOW_LLM_BASE_URL"] = self.provider.base_url
        self.stack.api()
        self.workers = [world.worker(self.stack) for _ in range(self.scenario.workers)]

    def person(self, names: Sequence[str], *, period: str = world.PERIOD) -> Person:
        """Somebody new with a month of these merchants."""
        [person] = world.people(self.stack, 1)
        self.month(person, names, period=period)
        return person

    def month(self, person: Person, names: Sequence[str], *, period: str) -> None:
        world.add_month(self.stack, person, self.scenario.month(names), period=period)


@contextmanager
def stage(world_: World, scenario: Scenario, folder: Path, *, seed: int) -> Generator[Stage]:
    """Its processes; all of them go with the block."""
    with world_.stack(**scenario.environment) as stack:
        provider = Simulated(folder, "provider", seed=seed, env=stack.env)
        stack.processes.append(provider.process)
        made = Stage(scenario, stack, provider)
        made.begin()
        yield made


def measure(world_: World, scenario: Scenario, folder: Path, *, seed: int) -> list[Measured]:
    """Each of its parts, one after the other."""
    with stage(world_, scenario, folder, seed=seed) as made:
        return _Measuring(made).run()


class _Measuring:
    """The parts of one scenario, in the same database."""

    def __init__(self, made: Stage) -> None:
        self._stage = made
        self._scenario = made.scenario
        self._people: list[Person] = []

    def run(self) -> list[Measured]:
        done: list[Measured] = []
        for part in self._scenario.parts:
            self._prepare(part)
            done.append(self._measure(part))
        return done

    def _prepare(self, part: Part) -> None:
        """Months and people; between two parts the provider's windows run empty."""
        if part.who is Who.AGAIN:
            names = self._stage.names[: self._scenario.merchants]
            self._stage.month(self._people[0], names, period=_NEXT_PERIOD)
            return
        first = 0 if part.who is Who.FIRST else len(self._people)
        for at in range(first, first + self._scenario.jobs):
            size = self._scenario.merchants
            self._people.append(self._stage.person(self._stage.names[at * size : (at + 1) * size]))
        if part.who is Who.LATER and "limits" in self._scenario.script:
            time.sleep(self._scenario.provider.window + _MARGIN)

    def _measure(self, part: Part) -> Measured:
        period = _NEXT_PERIOD if part.who is Who.AGAIN else world.PERIOD
        before = self._stage.provider.count()
        if part.who is Who.FIRST:
            self._stage.provider.begin(self._scenario.script)
            before = 0
        with ExitStack() as open_:
            memories = [
                open_.enter_context(Memory(worker.popen.pid)) for worker in self._stage.workers
            ]
            clients = [
                open_.enter_context(person.client(self._stage.stack))
                for person in self._people[-self._scenario.jobs :]
            ]
            late = self._late_client(open_)
            running = [
                watching.start(client, period, lines=self._scenario.lines) for client in clients
            ]
            running += [watching.start(late, period, lines=LATE_LINES)] if late else []
            watching.watch(running, seconds=patience(self._scenario, part))
            memory = max(one.peak for one in memories)
            return self._measured(running, before, memory, has_late=late is not None)

    def _late_client(self, open_: ExitStack) -> httpx.Client | None:
        if self._scenario.late_job is None:
            return None
        [person] = world.people(self._stage.stack, 1)
        world.add_month(self._stage.stack, person, self._stage.names[-LATE_LINES:])
        return open_.enter_context(person.client(self._stage.stack))

    def _measured(
        self, running: Sequence[Watched], before: int, memory: float, *, has_late: bool
    ) -> Measured:
        recorded = self._stage.provider.calls()
        calls = (recorded or [])[before:]
        counts = record.count(calls)
        wrong = _disagreements(self._scenario, running, counts)
        flagged: Counter[str] = Counter()
        for one in running:
            if one.job["status"] == "Completed":
                lines = watching.lines_of(one)
                wrong += lines.wrong
                flagged += lines.flagged
            else:
                wrong.append(f"the job is {one.job['status']}")
        main = running[:-1] if has_late else running
        first = min(one.started for one in main)
        truths = [eta.judge(one.moments, took=one.took) for one in main if one.is_finished]
        return Measured(
            seconds=max(one.started + one.took for one in main) - first,
            counts=_with_hidden(self._scenario, counts, running, unknown=recorded is None),
            flagged=dict(flagged),
            wrong=wrong,
            late_seconds=running[-1].took if has_late else None,
            memory=memory,
            truths=[truth for truth in truths if truth is not None],
            calls=calls,
        )


def patience(scenario: Scenario, part: Part) -> float:
    """Seconds after which nobody waits any longer; jobs end by themselves at their deadline."""
    aim = part.within.limit(scenario.bound) if part.within else scenario.bound
    return min(_DEADLINE + 30, max(_LEAST_PATIENCE, _PATIENCE * aim))


def _disagreements(scenario: Scenario, running: Sequence[Watched], counts: Counts) -> list[str]:
    """Where the jobs' own figures differ from what the provider recorded."""
    if scenario.hides_calls:
        return []
    ours = _summed(running)
    theirs = {"calls": counts.calls, "rejectedCalls": counts.rejected}
    return [
        f"{name}: {ours[name]} in our jobs, {theirs[name]} at the provider"
        for name in theirs
        if ours[name] != theirs[name]
    ]


def _with_hidden(
    scenario: Scenario, counts: Counts, running: Sequence[Watched], *, unknown: bool
) -> Counts:
    """Calls that nobody answered are known to us only."""
    if not scenario.hides_calls:
        return counts
    calls = max(counts.calls, _summed(running)["calls"])
    return Counts(calls, counts.rejected, 0 if unknown else counts.asked_twice, counts.tokens)


def _summed(running: Sequence[Watched]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in running:
        total.update({name: one.job["usage"][name] for name in ("calls", "rejectedCalls")})
    return total
