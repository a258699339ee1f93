"""Cancelling a scenario in the middle: how long until nobody is called any more."""

import time
from dataclasses import dataclass
from pathlib import Path

from tests.support.processes import eventually

from benchmarks import jobs, world
from benchmarks.provider import ours, watching
from benchmarks.provider.scenario import Scenario
from benchmarks.provider.simulated import Simulated
from benchmarks.world import World


@dataclass(frozen=True, slots=True)
class Cancelled:
    """What a cancel in the middle did; `seconds` is infinite when calls went on."""

    seconds: float | None
    """Until it was Cancelled and nobody waited for an answer; None: it was over before."""
    under_way: int
    """Calls that were under way when it was cancelled."""


_AFTER_MOST = 1.5
_WAIT_FOR_CALLS = 2.0
_QUIET = 0.5


def cancel(world_: World, scenario: Scenario, folder: Path, *, seed: int) -> Cancelled:
    """Start the scenario anew and cancel it in the middle, with calls under way if it makes any."""
    with ours.stage(world_, scenario, folder, seed=seed) as made:
        person = made.person(made.names[: scenario.merchants])
        made.provider.begin(scenario.script)
        with person.client(made.stack) as client:
            running = watching.start(client, world.PERIOD, lines=scenario.lines)
            time.sleep(min(_AFTER_MOST, scenario.bound / 2))
            _until_under_way(made.provider)
            under_way = made.provider.under_way()
            started = time.monotonic()
            if not client.delete(running.location).is_success:
                return Cancelled(None, under_way)
            jobs.finished(client, running.location, status="Cancelled")
            eventually(lambda: made.provider.under_way() == 0, seconds=10)
            seconds = time.monotonic() - started
            return Cancelled(seconds if _is_quiet(made.provider) else float("inf"), under_way)


def _until_under_way(provider: Simulated) -> None:
    end = time.monotonic() + _WAIT_FOR_CALLS
    while not provider.under_way() and time.monotonic() < end:
        time.sleep(0.02)


def _is_quiet(provider: Simulated) -> bool:
    """Whether no further call arrives."""
    before = provider.count()
    time.sleep(_QUIET)
    return provider.count() == before
