"""How long to fuzz: a fixed handful of examples, or `FUZZ_MINUTES` with a seed that is told.

`make fuzz` runs two tests at a time: the calls take all of it, the others share it.
Without it each run makes up the same, so that a failure is never news about the weather.
"""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

EVERYDAY_SEED = 20260101
_ROUND = 500
"""Examples between two looks at the clock."""
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def minutes() -> float:
    """What is asked for; 0: the everyday run."""
    return float(os.environ.get("FUZZ_MINUTES") or 0)


def a_seed() -> int:
    """The everyday one, or a new one, which is printed; `FUZZ_SEED` repeats a run."""
    if not minutes():
        return EVERYDAY_SEED
    chosen = int(os.environ.get("FUZZ_SEED") or secrets.randbelow(2**31))
    print(f"FUZZ_SEED={chosen}", file=sys.stderr)  # noqa: T201  # how a person repeats it
    return chosen


def fuzz(
    check: Callable[..., None], *, examples: int, share: float, **made_up: SearchStrategy[Any]
) -> None:
    """Call `check` with made-up values: `examples` times, or for its share of `FUZZ_MINUTES`."""
    for number, count in _rounds(examples, share):
        profile = settings(
            max_examples=count,
            deadline=None,  # a loaded machine is no finding; who minds time measures its own
            database=None,
            print_blob=True,
            phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
            suppress_health_check=_SLOW,
        )
        seed(number)(profile(given(**made_up)(check)))()


def _rounds(examples: int, share: float) -> Iterator[tuple[int, int]]:
    number = a_seed()
    if not minutes():
        yield number, examples
        return
    end = time.monotonic() + share * minutes() * 60
    while time.monotonic() < end:
        yield number, _ROUND
        number += 1
