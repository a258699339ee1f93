"""A provider is asked whether it is there at most once in half a minute, and never for long."""

import asyncio
from dataclasses import dataclass

from tests.support.fakes import FakeClock

from expenseflow.pacing.probing import FRESH_S, Reachability


@dataclass(frozen=True)
class Found:
    """What a probe brought."""

    reachable: bool


class Asked:
    """Answers what it is told to, once it may."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.reachable = reachable
        self.times = 0
        self.may = asyncio.Event()

    async def probe(self) -> Found:
        self.times += 1
        await self.may.wait()
        return Found(self.reachable)


async def test_many_who_ask_at_the_same_time_ask_once() -> None:
    clock, provider = FakeClock(), Asked()
    reachability = Reachability(clock)
    asking = [asyncio.create_task(reachability.ask(provider)) for _ in range(20)]
    await asyncio.sleep(0)
    provider.may.set()
    assert await asyncio.gather(*asking) == [(True, clock.now())] * 20
    assert provider.times == 1


async def test_it_is_asked_again_after_half_a_minute() -> None:
    clock, provider = FakeClock(), Asked()
    provider.may.set()
    reachability = Reachability(clock)
    first = await reachability.ask(provider)
    provider.reachable = False
    clock.advance(FRESH_S - 0.1)
    assert await reachability.ask(provider) == first
    clock.advance(0.1)
    assert await reachability.ask(provider) == (False, clock.now())
    assert provider.times == 2


async def test_one_that_keeps_silent_is_not_waited_for() -> None:
    reachability = Reachability(FakeClock(), patience=0.01)
    reachable, _ = await reachability.ask(Asked())
    assert not reachable
