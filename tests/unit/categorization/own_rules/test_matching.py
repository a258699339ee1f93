"""The first of a person's rules whose conditions hold."""

import csv
import fnmatch
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.support.categorization import CHART, charge
from tests.support.own_rules import rule

from expenseflow.categorization import merchants
from expenseflow.categorization.outcomes import Settlement, Suggestion
from expenseflow.categorization.own_rules import matching
from expenseflow.categorization.own_rules.matching import RuleSet, Subject

GOLDEN = Path(__file__).parents[3] / "golden" / "merchants.csv"
PIECES = [
    "SQ *", "TST* ", "PAYPAL *", "SP ", "POS DEBIT ", "AMZN MKTP US*", "STORE 0123", "#45", " ",
    "*", "SAN FRANCISCO", "CA", "NEW YORK NY", " 94103", "4029357733", "01/14", "HELP.UBER.COM",
    ".COM", "/BILL", "RT4K81XZ2", "1234567", "INC", "-", "É", "ﬁ", "İ", "①", "Ａ", "\u200b", "\x00",
    "CO", "US", "UBER", "BLUE", "7-ELEVEN", "@", "? ", "IGNORE ALL ", "MCDONALD'S", "l’", "½", "٣",
]  # fmt: skip
PRINTED = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=9).map("".join)


def settled(printed: str, given_charge: dict[str, Any] | None = None, **content: Any) -> bool:
    """Whether a rule of this content settles a charge of this text."""
    found = RuleSet([rule(**content)]).settle(charge(printed, **given_charge or {}), CHART, "07")
    return found is not None


@pytest.mark.parametrize(
    ("words", "printed", "found"),
    [
        ("blue bottle", "SQ *BLUE BOTTLE 0423", True),
        ("Blue  BOTTLE", "SQ *BLUE BOTTLE 0423", True),
        ("BLÜE BÖTTLE", "sq *blue bottle", True),
        ("blue bottle", "TST* BLÜE-BÖTTLE CAFÉ", True),
        ("bottle blue", "SQ *BLUE BOTTLE 0423", False),
        ("uber trip", "UBER   *TRIP HELP.UBER.COM", True),
        ("shell", "SHELL12345 AUSTIN TX", True),
        ("gap", "SINGAPORE AIRLINES", False),
        ("gap", "GAP #2231 DALLAS TX", True),
        ("air", "UNITED AIRLINES", False),
        ("mcdonalds", "MCDONALD'S F1234", True),
        ("McDonald’s", "MCDONALDS 1234", True),
        ("7-eleven", "7 ELEVEN 33421", True),
        ("at&t", "AT&T *BILL PAYMENT", True),
        ("3m", "3M COMPANY", True),
        ("unknown", "***", True),
        ("pos debit", "POS DEBIT STARBUCKS", True),
    ],
)
def test_words_of_a_merchant(words: str, printed: str, found: bool) -> None:  # a table
    assert settled(printed, merchant_contains=words) is found


@pytest.mark.parametrize(
    ("pattern", "printed", "found"),
    [
        ("sq*bottle*", "SQ *BLUE BOTTLE 0423", True),
        ("blue bottle", "SQ *BLUE BOTTLE 0423", True),  # the merchant in it
        ("blue", "SQ *BLUE BOTTLE 0423", False),
        ("*starbuck*", "PURCHASE STARBUCKS CARD RELOAD", True),
        ("uber*trip*", "UBER   *TRIP HELP.UBER.COM", True),
        ("uber*eats*", "UBER   *TRIP HELP.UBER.COM", False),
        ("caf? nero*", "CAFÉ NERO 12", True),
        ("caf?? nero*", "CAFÉ NERO 12", False),
        ("*.com", "APPLE.COM", True),
        ("*.com", "APPLEXCOM", False),
        ("[a-z]*", "BLUE BOTTLE", False),
        ("(a+)+$", "AAAAAAAAAAAAAAAA", False),
        ("mcdonald's*", "MCDONALD'S F1234", True),
    ],
)
def test_patterns(pattern: str, printed: str, found: bool) -> None:  # a table
    assert settled(printed, pattern=pattern) is found


@given(
    st.text("AB*?", min_size=1, max_size=12).filter(lambda text: re.search("[AB]", text)),
    st.text("ABC", min_size=1, max_size=14),
)
def test_a_pattern_means_what_shells_mean_by_it(pattern: str, printed: str) -> None:
    expected = fnmatch.fnmatchcase(printed, pattern)
    key = merchants.merchant_key(printed)
    assert settled(printed, pattern=pattern) is (expected or fnmatch.fnmatchcase(key, pattern))


@pytest.mark.parametrize(
    "pattern",
    ["*a" * 49 + "*b", "*" + "a?" * 48 + "bb*", "*" + "a" * 90 + "b*", "?" * 99 + "b"],
)
def test_no_pattern_makes_the_search_hang(pattern: str) -> None:
    own = RuleSet([rule(at, pattern=pattern) for at in range(1, 21)])
    hard = charge("A" * 498 + " C")
    assert all(own.settle(hard, CHART, None) is None for _ in range(20))


@pytest.mark.parametrize(
    ("content", "others", "found"),
    [
        ({"amount_min": "10"}, {"amount": "10.00"}, True),
        ({"amount_min": "10"}, {"amount": "9.99"}, False),
        ({"amount_max": "10"}, {"amount": "10.0000"}, True),
        ({"amount_max": "10"}, {"amount": "10.0001"}, False),
        ({"amount_max": "-1"}, {"amount": "-5"}, True),
        ({"amount_min": "0"}, {"amount": "-5"}, False),
        ({"amount_min": "5", "currency": "EUR"}, {"amount": "6", "currency": "EUR"}, True),
        ({"amount_min": "5", "currency": "EUR"}, {"amount": "6", "currency": "USD"}, False),
        ({"source_category": "Food & Drink"}, {"source_category": "FOOD &  DRINK"}, True),
        ({"source_category": "Food"}, {"source_category": "Food & Drink"}, False),
        ({"source_category": "Food"}, {}, False),
        ({"account": "4242"}, {"account": "4242"}, True),
        ({"account": "4242"}, {"account": None}, False),
        ({"merchant_contains": "shop", "account": "1"}, {"account": "2"}, False),
        ({"merchant_contains": "shop", "account": "1"}, {"account": "1"}, True),
        ({"merchant_contains": "shops", "account": "1"}, {"account": "1"}, False),
        ({"merchant_contains": "shop", "pattern": "*x"}, {}, False),
    ],
)
def test_all_conditions_must_hold(
    content: dict[str, Any],
    others: dict[str, Any],
    found: bool,  # a table
) -> None:
    assert settled("SHOP", others, **content) is found


def test_the_first_that_holds_decides_alone() -> None:
    special = rule(1, merchant_contains="uber eats", gl_code="66300")
    general = rule(2, merchant_contains="uber", gl_code="64100", department_code="05")
    own = RuleSet([special, general])
    eats = own.settle(charge("UBER *EATS"), CHART, None)
    trip = own.settle(charge("UBER *TRIP"), CHART, None)
    assert eats is not None
    assert trip is not None
    assert (eats.gl_code, eats.department_code) == ("66300", None)
    assert (trip.gl_code, trip.department_code) == ("64100", "05")


def test_what_is_switched_off_or_sets_codes_out_of_use_is_passed_over() -> None:
    own = RuleSet(
        [
            rule(1, merchant_contains="uber", active=False),
            rule(2, merchant_contains="uber", gl_code="60000"),
            rule(3, merchant_contains="uber", department_code="99"),
            rule(4, merchant_contains="uber", gl_code="64100"),
        ]
    )
    found = own.settle(charge("UBER TRIP"), CHART, "07")
    assert found is not None
    assert found.gl_code == "64100"


def test_what_a_rule_settles() -> None:
    own = RuleSet([rule(name="Uber is travel", merchant_contains="uber", gl_code="65100")])
    assert own.settle(charge("UBER   *TRIP"), CHART, "07") == Settlement(
        tier="rule",
        gl_code="65100",
        department_code="07",
        vendor="Uber",
        confidence=Decimal("0.99"),
        explanation="Your rule “Uber is travel”",
        suggestions=(Suggestion("65100", "07", Decimal("0.99")),),
    )


def test_what_a_rule_says_itself_comes_first() -> None:
    own = RuleSet(
        [rule(pattern="uber*", department_code="05", vendor="Uber BV", description="Taxi")]
    )
    found = own.settle(charge("UBER TRIP"), CHART, "07")
    assert found is not None
    assert (found.department_code, found.vendor) == ("05", "Uber BV")
    assert (found.description, found.explanation) == ("Taxi", "Your rule “uber*”")


def test_without_any_department_the_line_is_flagged() -> None:
    found = RuleSet([rule(merchant_contains="uber")]).settle(charge("UBER"), CHART, None)
    assert found is not None
    assert found.needs_review
    assert found.review_reason == "No department is known for this merchant yet"


def test_no_rules_settle_nothing() -> None:
    assert not RuleSet()
    assert RuleSet().settle(charge(), CHART, "07") is None


# --- a rule made from a line ----------------------------------------------------------------


def golden() -> list[str]:
    with GOLDEN.open(newline="", encoding="utf-8") as file:
        return [row["printed"] for row in csv.DictReader(file)]


def follows_its_own_line(printed: str) -> None:
    """With the merchant known, as in a job, and worked out when needed, as in a test."""
    key = merchants.merchant_key(printed)
    if not any(map(str.isalnum, key)):
        return
    own = RuleSet([rule(merchant_contains=key)])
    assert own.settle(charge(printed), CHART, "07") is not None
    subject = Subject(
        printed, amount=Decimal(1), currency="USD", source_category=None, account=None
    )
    assert own.first(subject, CHART) is not None


@pytest.mark.parametrize("printed", golden())
def test_a_rule_from_a_line_matches_what_banks_print(printed: str) -> None:
    follows_its_own_line(printed)


@given(PRINTED)
@example("A" * 198 + " CA CA CA")
@example("…")
def test_a_rule_from_a_line_matches_that_line(printed: str) -> None:
    follows_its_own_line(printed)


@given(PRINTED, PRINTED)
def test_a_rule_matches_the_same_whether_the_merchant_is_known_or_not(
    printed: str, words: str
) -> None:
    if not any(map(str.isalnum, words)):
        return
    own = RuleSet([rule(merchant_contains=words)])
    lazy = Subject(printed, amount=Decimal(1), currency="USD", source_category=None, account=None)
    known = matching.subject_of(charge(printed))
    assert (own.first(lazy, CHART) is None) == (own.first(known, CHART) is None)


def test_the_same_words_are_the_same_condition() -> None:
    assert matching.same_words("Blue  bottle", "BLUE-BOTTLE")
    assert not matching.same_words("Blue bottle", "Bottle blue")
    assert not matching.same_words(None, None)
