"""How right the announced moment of completion was, at every moment it was looked at; pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SHORTEST: Final = 20.0
"""Seconds; jobs that are over sooner need no announcement."""
_SETTLING: Final = 0.1
_OF_WHAT_IS_LEFT: Final = 0.2
_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What was announced at one look; both in seconds since the start, None: nothing was."""

    at: float
    announced: float | None


@dataclass(frozen=True, slots=True)
class Truth:
    """How the announcements of a job compare with its end."""

    share: float
    """Of the moments after the first tenth, those that were right enough."""
    worst: float
    """The largest error by what is allowed at that moment; 1 is just right enough."""


def judge(moments: Sequence[Moment], *, took: float) -> Truth | None:
    """For a job that took so many seconds; None for short ones.

    Right enough is an error of at most 20 % of what was left, or 2 s. Announcing nothing is as
    wrong as can be.
    """
    counted = [one for one in moments if _SETTLING * took < one.at < took]
    if took <= SHORTEST or not counted:
        return None
    errors = [_error(one, took) for one in counted]
    return Truth(sum(error <= 1 for error in errors) / len(errors), max(errors))


def _error(moment: Moment, took: float) -> float:
    if moment.announced is None:
        return math.inf
    allowed = max(_OF_WHAT_IS_LEFT * (took - moment.at), _SECONDS)
    return abs(moment.announced - took) / allowed
