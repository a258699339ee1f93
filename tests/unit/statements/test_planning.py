"""What becomes of each row: the ledger's verdict, then the person's choice."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expenseflow.statements import planning
from expenseflow.statements.errors import DecisionDoesNotFit
from expenseflow.statements.parsing import ParsedRow, ParsedStatement, Rejection
from expenseflow.statements.planning import Before, Choice, Known, RowPlan
from expenseflow.statements.rules import Candidate, Stored

Row = tuple[str, str | None, bool]
"""Content, the bank's id, whether it looks like a payment."""


@dataclass
class Ledger:
    """What a database would do with the plans."""

    stored: list[Stored] = field(default_factory=list)
    plain: dict[str, dict[int, UUID]] = field(default_factory=dict)
    chosen: dict[str, dict[int, UUID]] = field(default_factory=dict)

    def plan(self, rows: list[Row], choices: dict[int, Choice]) -> list[RowPlan]:
        file = repr(rows)
        before = Before(self.plain.get(file, {}), self.chosen.get(file, {}))
        known = Known(self.stored, before)
        return planning.plan(_parsed(rows), _candidates(rows), known, choices)

    def take(self, rows: list[Row], choices: dict[int, Choice] | None = None) -> list[RowPlan]:
        choices = choices or {}
        plans = self.plan(rows, choices)
        ids: list[UUID | None] = []
        for candidate, plan in zip(_candidates(rows), plans, strict=True):
            if plan.occurrence is not None:
                self.stored.append(Stored(uuid.uuid4(), plan.occurrence, candidate))
            elif plan.adopt:
                self._adopt(plan)
            ids.append(self.stored[-1].id if plan.is_stored else plan.transaction_id)
        for row, plan in enumerate(plans, start=1):
            id_ = ids[row - 1 if plan.repeats is None else plan.repeats]
            if id_ is not None:
                before = self.chosen if choices.get(row) == "import" else self.plain
                before.setdefault(repr(rows), {}).setdefault(row, id_)
        return plans

    def _adopt(self, plan: RowPlan) -> None:
        at = next(i for i, one in enumerate(self.stored) if one.id == plan.transaction_id)
        one = self.stored[at]
        named = replace(one.candidate, external_id=plan.adopt)
        self.stored[at] = replace(one, candidate=named)


def _parsed(rows: list[Row]) -> ParsedStatement:
    day = date(2026, 1, 5)
    parsed = [
        ParsedRow(number, day, content, Decimal(-9), external_id=id_, is_payment=is_payment)
        for number, (content, id_, is_payment) in enumerate(rows, start=1)
    ]
    return ParsedStatement("csv", None, None, parsed, [Rejection(99, "The amount is zero.")])


def _candidates(rows: list[Row]) -> list[Candidate]:
    day = date(2026, 1, 5)
    return [Candidate(content, None, id_, Decimal(-9), "USD", day) for content, id_, _ in rows]


COFFEE: Row = ("coffee", None, False)
TEA: Row = ("tea", None, False)
PAYMENT: Row = ("thank you", None, True)


def stored(plans: list[RowPlan]) -> list[bool]:
    return [plan.is_stored for plan in plans]


def test_without_choices_the_ledger_decides() -> None:
    ledger = Ledger()
    ledger.take([COFFEE])

    plans = ledger.plan([COFFEE, COFFEE, TEA, PAYMENT], {})

    assert [plan.verdict for plan in plans] == ["duplicate", "new", "new", "payment"]
    assert stored(plans) == [False, True, True, True]
    assert [plan.reason for plan in plans] == [
        planning.ALREADY_THERE["content"], None, None, planning.PAYMENT,
    ]  # fmt: skip


def test_a_duplicate_that_is_chosen_is_a_further_one() -> None:
    ledger = Ledger()
    ledger.take([COFFEE])

    [plan] = ledger.take([COFFEE], {1: "import"})

    assert (plan.verdict, plan.occurrence, plan.reason) == (
        "duplicate", 2, planning.A_FURTHER_ONE,
    )  # fmt: skip


def test_the_same_file_with_the_same_choices_again_adds_none() -> None:
    ledger = Ledger()
    ledger.take([COFFEE])
    ledger.take([COFFEE], {1: "import"})

    [plan] = ledger.take([COFFEE], {1: "import"})

    assert (plan.is_stored, plan.reason) == (False, planning.CHOSEN_BEFORE)
    assert plan.transaction_id == ledger.stored[1].id
    assert stored(ledger.plan([COFFEE], {})) == [False]


def test_without_the_choice_the_same_file_shows_what_it_showed_before_it() -> None:
    """Else the further one would stay when the import that chose it is undone."""
    ledger = Ledger()
    ledger.take([COFFEE])
    ledger.take([COFFEE], {1: "import"})

    [plan] = ledger.take([COFFEE])

    assert plan.transaction_id == ledger.stored[0].id


def test_a_chosen_duplicate_does_not_make_its_neighbour_one() -> None:
    """The preview said new about the second; choosing the first must not change that."""
    ledger = Ledger()
    ledger.take([COFFEE])

    plans = ledger.take([COFFEE, COFFEE], {1: "import"})

    assert [plan.occurrence for plan in plans] == [2, 3]


def test_a_payment_that_is_chosen_comes_in_as_a_credit() -> None:
    ledger = Ledger()

    [plan] = ledger.take([PAYMENT], {1: "import"})

    assert (plan.verdict, plan.is_stored, plan.is_payment) == ("payment", True, False)
    assert stored(ledger.take([PAYMENT], {1: "import"})) == [False]


def test_a_payment_that_is_there_already_and_chosen_is_a_credit_and_says_so() -> None:
    ledger = Ledger()
    ledger.take([PAYMENT])

    [plan] = ledger.take([PAYMENT], {1: "import"})

    assert (plan.verdict, plan.is_stored, plan.is_payment) == ("duplicate", True, False)
    assert plan.reason == planning.A_FURTHER_CREDIT


def test_what_is_left_out_is_offered_again() -> None:
    ledger = Ledger()

    plans = ledger.take([COFFEE, COFFEE, PAYMENT], {1: "skip", 3: "skip"})

    assert [plan.is_skipped for plan in plans] == [True, False, True]
    assert [plan.occurrence for plan in plans] == [None, 1, None]
    again = ledger.plan([COFFEE, COFFEE, PAYMENT], {})
    assert [plan.verdict for plan in again] == ["new", "duplicate", "payment"]


def test_a_row_that_repeats_one_that_was_left_out_is_left_out_with_it() -> None:
    row: Row = ("coffee", "F1", False)

    plans = Ledger().take([row, row], {1: "skip"})

    assert stored(plans) == [False, False]
    assert plans[1].reason == "Row 1 of this file has the same bank id."


@pytest.mark.parametrize("choice", ["import", "skip"])
@pytest.mark.parametrize(("row", "words"), [(99, "The amount is zero"), (4, "no row 4")])
def test_a_choice_about_no_row_is_refused(row: int, words: str, choice: Choice) -> None:
    with pytest.raises(DecisionDoesNotFit, match=words) as caught:
        Ledger().plan([COFFEE], {row: choice})
    assert caught.value.fields == {"row": row}


ROWS = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from([None, None, "1", "2"]), st.booleans()),
    max_size=6,
)
CHOICES: st.SearchStrategy[dict[int, Choice]] = st.dictionaries(
    st.integers(1, 6), st.sampled_from(["import", "skip"])
)


def chosen(rows: list[Row], choices: dict[int, Choice]) -> dict[int, Choice]:
    return {row: choice for row, choice in choices.items() if row <= len(rows)}


@given(st.lists(ROWS, max_size=3), ROWS, CHOICES)
@settings(max_examples=500, deadline=None)
def test_every_row_counts_once_and_again_nothing_is_new(
    before: list[list[Row]], rows: list[Row], choices: dict[int, Choice]
) -> None:
    ledger = Ledger()
    for earlier in before:
        ledger.take(earlier)
    choices = chosen(rows, choices)

    plans = ledger.take(rows, choices)

    for plan in plans:
        is_duplicate = plan.verdict == "duplicate" and not plan.is_stored
        assert sum([plan.is_stored, plan.is_skipped, is_duplicate]) == 1
    keys = [(one.candidate.content_hash, one.occurrence) for one in ledger.stored]
    assert len(keys) == len(set(keys))
    assert not any(stored(ledger.take(rows, choices)))


@given(st.lists(ROWS, max_size=3), ROWS, CHOICES)
@settings(max_examples=300, deadline=None)
def test_a_choice_changes_the_row_it_is_about_and_no_other(
    before: list[list[Row]], rows: list[Row], choices: dict[int, Choice]
) -> None:
    """But for a row that has the bank id of one that was left out: they are the same thing."""
    ledger = Ledger()
    for earlier in before:
        ledger.take(earlier)
    choices = chosen(rows, choices)

    plain, decided = ledger.plan(rows, {}), ledger.plan(rows, choices)

    for number, (was, now) in enumerate(zip(plain, decided, strict=True), start=1):
        assert was.verdict == now.verdict
        wanted = {"import": True, "skip": False, None: was.is_stored}[choices.get(number)]
        assert now.is_stored == wanted
