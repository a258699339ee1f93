"""The end of a run is told steadily."""

from expenseflow.categorization.foresight import Foresight


def test_in_the_first_seconds_each_change_is_told() -> None:
    end = Foresight()
    assert [end.update(at, now) for now, at in ((100, 107), (101, 119), (102, 140))] == [
        107, 119, 140,
    ]  # fmt: skip


def test_a_change_for_a_moment_is_not_told() -> None:
    end = Foresight()
    end.update(200.0, 100.0)
    assert end.update(230.0, 120.0) == 200.0
    assert end.update(200.3, 121.0) == 200.0
    assert end.update(230.0, 122.5) == 200.0


def test_a_change_that_lasts_is_told() -> None:
    end = Foresight()
    end.update(200.0, 100.0)
    assert end.update(230.0, 120.0) == 200.0
    assert end.update(231.0, 122.1) == 231.0


def test_shortly_before_the_end_it_is_told_sooner() -> None:
    end = Foresight()
    end.update(200.0, 100.0)
    end.update(203.0, 196.0)
    assert end.update(203.0, 196.7) == 203.0


def test_an_end_that_has_passed_is_not_clung_to() -> None:
    end = Foresight()
    end.update(110.0, 100.0)
    assert end.update(130.0, 111.0) == 130.0


def test_that_nobody_knows_is_told_at_once() -> None:
    end = Foresight()
    end.update(200.0, 100.0)
    assert end.update(None, 120.0) is None
    assert end.update(150.0, 121.0) == 150.0
