"""Numbers and tiers in words."""

import pytest

from expenseflow.app import home_contents
from expenseflow.app.docs_page import pieces
from expenseflow.report_jobs.schemas import TiersOut


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.00", "0.00"),
        ("999.10", "999.10"),
        ("12345.60", "12,345.60"),
        ("-1234567.891", "-1,234,567.891"),
        ("-0.50", "-0.50"),
        ("15000", "15,000"),
    ],
)
def test_thousands_stand_in_groups(amount: str, shown: str) -> None:
    assert home_contents.grouped(amount) == shown


def test_tiers_are_told_in_words_and_none_without_lines() -> None:
    tiers = TiersOut(rule=13, memory=1155, similar=0, model=0, manual=14)
    words = "1,155 as you filed before, 13 by well-known merchant, 14 for you to fill in"
    assert home_contents.tier_words(tiers) == words
    nothing = TiersOut(rule=0, memory=0, similar=0, model=0, manual=0)
    assert home_contents.tier_words(nothing) == ""


def test_a_simulated_service_is_called_so() -> None:
    tiers = TiersOut(rule=0, memory=2, similar=0, model=3, manual=0)
    words = "2 as you filed before, 3 suggested by a simulated AI (not a real one)"
    assert home_contents.tier_words(tiers, simulated=True) == words


def test_every_tier_has_its_words() -> None:
    assert home_contents.TIER_WORDS.keys() == TiersOut.model_fields.keys()


def test_what_stands_between_backticks_is_code() -> None:
    assert pieces("send `x` or `y`.") == ["send ", "x", " or ", "y", "."]
    assert pieces("plain") == ["plain"]
