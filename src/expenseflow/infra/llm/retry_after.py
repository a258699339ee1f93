"""When a provider wants to be asked again: `retry-after-ms`, `Retry-After` as seconds or date."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

LONGEST_S: Final = 86_400.0
"""More than a day is a mistake of the provider's; the job's deadline ends the wait long before."""


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds from now, between 0 and a day; None when nothing readable is said."""
    milliseconds = number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    text = headers.get("retry-after")
    seconds = number(text)
    if seconds is None and text:
        seconds = _until(text, now=now)
    return None if seconds is None else _bounded(seconds)


def number(text: str | None) -> float | None:
    """A header's value as a finite number; None when it is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _until(text: str, *, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds()


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_S)
