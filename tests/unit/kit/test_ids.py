"""Ids: of the version they say, and rising."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from expenseflow.kit import ids
from expenseflow.kit.ids import new_id


def test_an_id_is_a_uuid_of_version_7_that_tells_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    # An id is at most a carry of the counter ahead of the clock.
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1


def test_later_ids_are_greater() -> None:
    made = [new_id() for _ in range(20_000)]

    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)
    assert len(set(made)) == len(made)


def test_the_numbers_rise_while_the_clock_stands_still_or_goes_back() -> None:
    sequence = ids._Sequence()

    made = [sequence.rise(moment) for moment in [1000] * 500 + [400] * 500 + [1001]]

    assert all(one < other for one, other in pairwise(made))


def test_threads_never_make_the_same_id_and_each_sees_its_own_rise() -> None:
    def many(_: int) -> list[uuid.UUID]:
        return [new_id() for _ in range(2000)]

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(many, range(4)))

    assert all(one == sorted(one) for one in made)
    assert len({one for part in made for one in part}) == 8000
