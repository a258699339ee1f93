"""Which rows are new: the n-th identical row, and the bank's own ids."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expenseflow.statements import rules
from expenseflow.statements.rules import Candidate, Decision, New, Repeated, Seen, Stored


def row(
    content: str = "coffee", *, bank_id: str | None = None, amount: str = "4.50", day: int = 5
) -> Candidate:
    posted_on = date(2026, 1, 1) + timedelta(days=day - 1)
    hashed = f"{content} {day}"
    return Candidate(hashed, "1234", bank_id, Decimal(amount), "USD", posted_on)


class Ledger:
    """What a database would do with the decisions."""

    def __init__(self) -> None:
        self.stored: list[Stored] = []

    def take(self, rows: list[Candidate]) -> list[Decision]:
        decisions = rules.decide(rows, self.stored)
        for candidate, decision in zip(rows, decisions, strict=True):
            if isinstance(decision, New):
                self.stored.append(Stored(uuid.uuid4(), decision.occurrence, candidate))
        return decisions

    def new(self, rows: list[Candidate]) -> int:
        return sum(isinstance(decision, New) for decision in self.take(rows))


def test_two_real_coffees_stay_two() -> None:
    assert rules.decide([row(), row()], []) == [New(1), New(2)]


def test_the_same_file_again_adds_none() -> None:
    ledger = Ledger()

    assert ledger.new([row(), row(), row("tea")]) == 3
    assert ledger.new([row(), row(), row("tea")]) == 0


def test_a_longer_file_adds_only_what_is_more() -> None:
    ledger = Ledger()
    ledger.take([row()])

    assert ledger.new([row(), row(), row()]) == 2
    assert ledger.new([row()]) == 0


def test_two_equal_rows_with_different_bank_ids_are_two() -> None:
    ledger = Ledger()

    assert ledger.new([row(bank_id="A"), row(bank_id="B")]) == 2
    assert ledger.new([row(bank_id="B"), row(bank_id="A")]) == 0


def test_the_bank_id_wins_over_a_description_that_changed() -> None:
    ledger = Ledger()
    ledger.take([row("COFFEE", bank_id="A")])

    assert ledger.new([row("COFFEE SHOP SEATTLE", bank_id="A")]) == 0


def test_the_same_id_with_another_amount_is_another_transaction() -> None:
    ledger = Ledger()

    assert ledger.new([row("a", bank_id="A", amount="5"), row("b", bank_id="A", amount="6")]) == 2


def test_an_identical_repeat_of_an_id_inside_a_file_is_a_duplicate() -> None:
    assert rules.decide([row(bank_id="A"), row(bank_id="A")], []) == [New(1), Repeated(0)]


def test_an_id_that_stands_beside_different_contents_is_no_id() -> None:
    ledger = Ledger()
    rows = [row("a", bank_id="1"), row("b", bank_id="1")]

    assert ledger.new(rows) == 2
    assert ledger.new(rows) == 0


def test_a_row_with_an_id_shows_again_what_came_without_one() -> None:
    ledger = Ledger()
    ledger.take([row(), row()])

    decisions = ledger.take([row(bank_id="A"), row(bank_id="B"), row(bank_id="C")])

    assert decisions == [
        Seen(ledger.stored[0].id, adopt="A"),
        Seen(ledger.stored[1].id, adopt="B"),
        New(3),
    ]


def test_a_row_without_an_id_shows_again_what_came_with_one() -> None:
    ledger = Ledger()
    ledger.take([row(bank_id="A")])

    assert ledger.new([row()]) == 0


def test_an_id_that_comes_back_weeks_later_is_another_charge() -> None:
    """A bank that numbers anew each month, or a customer number on a subscription."""
    ledger = Ledger()
    ledger.take([row("netflix", bank_id="4412345"), row("lunch", bank_id="2", day=7)])

    assert (
        ledger.new([row("netflix", bank_id="4412345", day=36), row("dinner", bank_id="2", day=38)])
        == 2
    )
    assert ledger.new([row("netflix", bank_id="4412345", day=12)]) == 1, "weekly"


def test_a_pending_charge_that_is_booked_days_later_stays_one() -> None:
    ledger = Ledger()
    ledger.take([row("COFFEE", bank_id="A", day=29)])

    assert ledger.new([row("COFFEE SHOP SEATTLE", bank_id="A", day=33)]) == 0


def test_a_number_that_several_charges_of_these_days_bear_is_no_id() -> None:
    ledger = Ledger()
    rows = [row("coffee", bank_id="1"), row("tea", bank_id="1", day=6)]
    ledger.take(rows)

    assert ledger.new([row("cake", bank_id="1", day=7)]) == 1
    assert [ledger.new([one]) for one in rows] == [0, 0]


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["coffee", "tea", "cake"]),
        bank_id=st.sampled_from([None, None, "A", "B", "C"]),
        amount=st.sampled_from(["4.50", "6.00"]),
    ),
    max_size=12,
)


@given(ROWS)
@settings(deadline=None)
def test_importing_any_file_again_adds_none(rows: list[Candidate]) -> None:
    ledger = Ledger()
    ledger.take(rows)
    adopted = _with_ids_adopted(ledger, rows)

    assert adopted.new(rows) == 0


def _with_ids_adopted(ledger: Ledger, rows: list[Candidate]) -> Ledger:
    """A bank id stays only where it was one."""
    after = Ledger()
    kept = rules._without_shared_ids(rows)
    ids = {id(candidate): settled for candidate, settled in zip(rows, kept, strict=True)}
    after.stored = [
        Stored(one.id, one.occurrence, ids.get(id(one.candidate), one.candidate))
        for one in ledger.stored
    ]
    return after


@given(ROWS, ROWS)
@settings(deadline=None)
def test_the_numbers_of_equal_contents_never_collide(
    first: list[Candidate], second: list[Candidate]
) -> None:
    ledger = Ledger()
    ledger.take(first)
    ledger.take(second)

    keys = [(one.candidate.content_hash, one.occurrence) for one in ledger.stored]
    assert len(keys) == len(set(keys))


def content(**changed: object) -> str:
    facts = {"account": "1234", "posted_on": date(2026, 1, 5), "amount": Decimal("4.5"),
             "currency": "USD", "description": "COFFEE SHOP"} | changed  # fmt: skip
    return rules.content_hash(**facts)  # pyright: ignore[reportArgumentType]


def test_how_a_description_is_spaced_or_cased_does_not_make_another_transaction() -> None:
    assert content() == content(description=" Coffee  shop ", amount=Decimal("4.5000"))


@pytest.mark.parametrize(
    "changed",
    [
        {"account": None},
        {"posted_on": date(2026, 1, 6)},
        {"amount": Decimal("-4.5")},
        {"currency": "CAD"},
        {"description": "TEA SHOP"},
    ],
)
def test_everything_else_does(changed: dict[str, object]) -> None:
    assert content() != content(**changed)


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("january.csv", "january.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\jan.csv", "jan.csv"),
        ("a\x00b\nc.csv", "abc.csv"),
        ("evil\u202evsc.exe", "evilvsc.exe"),
        ("", "statement"),
        ("..", "statement"),
        ("/", "statement"),
        ("x" * 300 + ".csv", "x" * 251 + ".csv"),
        ("ä" * 300, "ä" * 255),
    ],
)
def test_a_file_name_is_made_safe(name: str, stored: str) -> None:
    assert rules.safe_file_name(name) == stored
