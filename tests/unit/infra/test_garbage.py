"""The garbage collector does not go through what was loaded to begin with."""

import gc
from collections.abc import Iterator

import pytest

from expenseflow.infra import garbage


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_is_loaded_is_left_alone() -> None:
    garbage.keep_what_is_loaded()

    assert gc.get_freeze_count() > 10 * len(gc.get_objects())


def test_rubbish_that_is_made_later_is_still_found() -> None:
    garbage.keep_what_is_loaded()
    ring: list[object] = []
    ring.append(ring)
    del ring

    assert gc.collect() >= 1
