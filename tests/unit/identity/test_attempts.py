"""How often somebody may try to sign in, and what is kept of it."""

import pytest

from expenseflow.identity.attempts import Attempts
from expenseflow.identity.errors import TooManySignIns


def test_an_address_may_try_so_often_a_minute_and_others_still_may() -> None:
    attempts = Attempts(per_minute=3)
    for _ in range(3):
        attempts.admit("10.0.0.1")
    with pytest.raises(TooManySignIns) as refused:
        attempts.admit("10.0.0.1")
    assert isinstance(refused.value.fields["retry_after"], int)
    assert 1 <= refused.value.fields["retry_after"] <= 60
    attempts.admit("10.0.0.2")


def test_the_addresses_of_one_line_count_as_one() -> None:
    attempts = Attempts(per_minute=3)
    for last in range(3):
        attempts.admit(f"2001:db8::{last}")
    with pytest.raises(TooManySignIns):
        attempts.admit("2001:db8::abcd")
    attempts.admit("2001:db8:0:1::1")
    attempts.admit("of-nobody")


def test_of_an_address_that_came_once_little_is_kept() -> None:
    """Two numbers, which have their end; a list of moments of each would stay for ever."""
    attempts = Attempts()
    for last in range(500):
        attempts.admit(f"10.0.{last // 250}.{last % 250}")
    storage = attempts.storage
    assert len(storage.expirations) == len(storage.storage) == 500
    assert not storage.events
