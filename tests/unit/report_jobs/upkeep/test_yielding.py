"""Who asks at night gives way, but is not forgotten."""

from dataclasses import dataclass

from tests.support.fakes import FakeClock
from tests.support.pacing import MemoryPacing

from expenseflow.pacing.admission import STALE_S
from expenseflow.pacing.messages import Ask, Ended, Policy
from expenseflow.report_jobs.upkeep.yielding import LOOK_SECONDS, Yielding

AT_ONCE = 3
OPEN = Policy(requests_per_minute=6000, window=60.0, max_concurrency=AT_ONCE)


@dataclass
class Busy:
    """Whether somebody waits, as the test says."""

    now: bool = False

    async def __call__(self) -> bool:
        return self.now


async def _still_so() -> bool:
    return True


def _ask(job: str, under_way: int = 0) -> Ask:
    return Ask(
        job=job, fresh=60, under_way=under_way, fixed_characters=1000.0, line_characters=50.0
    )


async def test_calls_under_way_still_count_while_somebody_waits() -> None:
    """Once, they were forgotten after some seconds, and the others' calls came on top of them."""
    clock, busy = FakeClock(), Busy()
    shared = MemoryPacing(clock, OPEN)
    night = Yielding(shared, clock, busy)
    night.begin(_still_so)
    assert len((await night.exchange((), _ask("night"))).granted) == AT_ONCE

    busy.now = True
    for _ in range(int(STALE_S / LOOK_SECONDS) + 2):
        clock.advance(LOOK_SECONDS)
        reply = await night.exchange((), _ask("night", AT_ONCE))
        assert (reply.granted, reply.wait) == ((), LOOK_SECONDS)

    assert (await shared.exchange((), _ask("a person"))).granted == ()
    assert shared.state.under_way == AT_ONCE


async def test_a_probe_that_is_due_makes_it_look_no_more_often() -> None:
    clock, busy = FakeClock(), Busy()
    shared = MemoryPacing(clock, OPEN)
    night = Yielding(shared, clock, busy)
    night.begin(_still_so)
    first = (await night.exchange((), _ask("night"))).granted[0]

    busy.now = True
    clock.advance(60.0)
    gone = Ended(granted=first, ending="down", ago=59.0, took=1.0, lines=1)
    reply = await night.exchange([gone], _ask("night"))

    assert reply.hold == "outage"
    assert (reply.granted, reply.wait) == ((), LOOK_SECONDS)
