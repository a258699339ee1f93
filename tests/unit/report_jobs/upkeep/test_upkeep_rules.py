"""When upkeep is due, and when jobs fail too often."""

from datetime import UTC, datetime, time, timedelta

import pytest

from expenseflow.report_jobs.upkeep.rules import (
    LONGEST_WAIT,
    Every,
    LastHour,
    Nightly,
    wait_after,
)

NIGHT = Nightly(time(2, 30))


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 3, day, hour, minute, 20, 5, tzinfo=UTC)


def test_a_night_is_due_from_its_hour_on() -> None:
    assert NIGHT.last_due(_at(8, 2, 30)) == datetime(2026, 3, 8, 2, 30, tzinfo=UTC)
    assert NIGHT.last_due(_at(8, 23, 59)) == datetime(2026, 3, 8, 2, 30, tzinfo=UTC)


def test_before_its_hour_the_night_before_is_the_last() -> None:
    assert NIGHT.last_due(_at(8, 2, 29)) == datetime(2026, 3, 7, 2, 30, tzinfo=UTC)


def test_an_interval_counts_from_now() -> None:
    now = _at(8, 12, 0)
    assert Every(timedelta(seconds=20)).last_due(now) == now - timedelta(seconds=20)


@pytest.mark.parametrize(
    ("finished", "failed", "failing"),
    [
        (0, 0, False),
        (4, 4, False),
        (5, 1, True),
        (10, 1, False),
        (11, 1, False),
        (19, 2, True),
        (20, 2, False),
        (5, 0, False),
    ],
)
def test_more_than_a_tenth_of_at_least_five_jobs(
    finished: int, failed: int, *, failing: bool
) -> None:
    assert LastHour(finished, failed).is_failing(already=False) is failing


@pytest.mark.parametrize(
    ("finished", "failed", "failing"), [(4, 4, True), (9, 1, True), (10, 1, False), (0, 0, False)]
)
def test_a_warning_lasts_until_few_fail(finished: int, failed: int, *, failing: bool) -> None:
    assert LastHour(finished, failed).is_failing(already=True) is failing


def test_a_receiver_that_refuses_is_left_alone_longer_and_longer() -> None:
    waits = [wait_after(tries) for tries in range(40)]
    assert waits[:3] == [timedelta(seconds=20), timedelta(seconds=40), timedelta(seconds=80)]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT
