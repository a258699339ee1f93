"""A period is a calendar month, written `YYYY-MM`."""

import re
from datetime import date, timedelta

# ASCII digits only: `\d` would also take Arabic-Indic ones, and `$` a trailing line end.
PERIOD_PATTERN = r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$"
_PERIOD = re.compile(PERIOD_PATTERN.strip("^$"))


def is_period(text: str) -> bool:
    """Whether the text is a month such as `2026-01`, and nothing else."""
    return _PERIOD.fullmatch(text) is not None


def period_of(day: date) -> str:
    """The period a calendar day belongs to."""
    return f"{day.year:04d}-{day.month:02d}"


def first_day(period: str) -> date:
    """The first day of a period; raises ValueError for anything `is_period` refuses."""
    if not is_period(period):
        msg = f"not a period: {period!r}"
        raise ValueError(msg)
    return date(int(period[:4]), int(period[5:]), 1)


def previous(period: str) -> str:
    """The month before."""
    return period_of(first_day(period) - timedelta(days=1))


def months_between(earlier: str, later: str) -> int:
    """How many months after `earlier` the period `later` is; negative when it is before."""
    (years, months), (to_years, to_months) = (
        (int(period[:4]), int(period[5:])) for period in (earlier, later)
    )
    return (to_years - years) * 12 + to_months - months
