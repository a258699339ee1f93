"""What a new list does to the chart, told before it is stored."""

from expenseflow.chart import changes, rules
from expenseflow.chart.changes import Change
from expenseflow.chart.rules import ChartEntry, Checked, Rejected

MEALS, FUEL = ChartEntry("1", "Meals"), ChartEntry("2", "Fuel")
BEFORE = (MEALS, FUEL, ChartEntry("3", "Old", active=False))


def _between(*entries: ChartEntry, rejected: tuple[Rejected, ...] = ()) -> changes.Changes:
    return changes.between(BEFORE, Checked(entries, rejected))


def test_what_is_new_is_added_and_what_is_left_out_goes_out_of_use() -> None:
    new = ChartEntry("4", "Taxi")
    done = _between(MEALS, new)
    assert (list(done.added), list(done.changed), list(done.deactivated)) == ([new], [], [FUEL])
    assert done.unchanged == 2


def test_another_name_is_a_change_and_so_is_a_return() -> None:
    lunch, back = ChartEntry("1", "Lunch"), ChartEntry("3", "Old")
    done = _between(lunch, FUEL, back)
    assert list(done.changed) == [Change(MEALS, lunch), Change(BEFORE[2], back)]
    assert (list(done.added), list(done.deactivated), done.unchanged) == ([], [], 1)


def test_an_entry_that_says_that_it_is_not_in_use_goes_out_of_use() -> None:
    done = _between(MEALS, ChartEntry("2", "Petrol", active=False))
    assert (list(done.deactivated), list(done.changed)) == ([FUEL], [])


def test_a_row_that_cannot_be_taken_leaves_its_code_as_it_is() -> None:
    done = _between(MEALS, rejected=(Rejected(2, "2", "the name is empty"),))
    assert (list(done.deactivated), done.unchanged) == ([], 3)


def test_a_list_that_leaves_out_most_of_a_chart_is_drastic() -> None:
    before = [ChartEntry(str(code), "x") for code in range(9)]
    assert changes.between(before, Checked(tuple(before[:4]))).is_drastic
    assert not changes.between(before, Checked(tuple(before[:5]))).is_drastic


def test_every_row_that_cannot_be_taken_is_named_with_its_reason() -> None:
    checked = rules.read(b"code,name\n1,A\n,B\n2,\n1,C\n3,C,D\n")
    assert checked.entries == (ChartEntry("1", "A"),)
    assert [(wrong.row, wrong.code) for wrong in checked.rejected] == [
        (3, ""), (4, "2"), (5, "1"), (6, "3"),
    ]  # fmt: skip
    assert checked.rejected[1].reason == "the name is empty"


def test_a_list_is_checked_by_the_rules_of_files() -> None:
    given = [ChartEntry(" 1 ", " A "), ChartEntry("1", "B"), ChartEntry("2\n3", "C", " ")]
    checked = rules.check(given)
    assert checked.entries == (ChartEntry("1", "A"),)
    assert [(wrong.row, wrong.reason) for wrong in checked.rejected] == [
        (2, "the code 1 stands there twice"),
        (3, "the code holds a control character"),
    ]
