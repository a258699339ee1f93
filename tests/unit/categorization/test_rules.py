"""Starter rules, confidence from counts, and the words for them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.support.categorization import CHART, charge

from expenseflow.categorization import ladder, rules, service, starter_rules
from expenseflow.categorization.ladder import Knowledge
from expenseflow.categorization.memory import UsualDepartments
from expenseflow.categorization.merchants import merchant_key
from expenseflow.categorization.outcomes import Answer
from expenseflow.chart.service import Chart, ChartEntry, starter

STARTER = Chart(
    accounts=tuple(starter("accounts.csv")), departments=tuple(starter("departments.csv"))
)

IN_07 = Knowledge(CHART, UsualDepartments(overall="07"))


@pytest.mark.parametrize(
    ("printed", "account"),
    [
        ("UNITED 0162345678901 UNITED.COM TX", "65100"),
        ("DELTA AIR 0062341234567", "65100"),
        ("MARRIOTT SAN FRANCISCO", "65300"),
        ("SHELL OIL 57444212300", "64100"),
        ("UBER *TRIP HELP.UBER.COM", "64500"),
        ("UBER *EATS", "66300"),
        ("AMTRAK .COM 0123456", "65200"),
        ("SPOTHERO 844-356-8054", "64300"),
        ("ADOBE *CREATIVE CLOUD", "61200"),
        ("GITHUB, INC.", "61200"),
        ("AMAZON WEB SERVICES AWS.AMAZON.CO WA", "61300"),
        ("GOOGLE *GSUITE_acme.com", "61200"),
        ("GOOGLE *ADS1234567890", "62100"),
        ("FACEBK *K2J3H4K5L6", "62100"),
        ("TST* JOE'S PIZZA", "66300"),
        ("STARBUCKS STORE 01234", "66300"),
        ("WHOLEFDS MKT 10234", "66400"),
        ("FEDEX 771234567890", "67100"),
        ("VERIZON WRLS 800-922-0204", "61400"),
        ("COMCAST BUSINESS", "61500"),
        ("STAPLES 00123", "60100"),
        ("THE HOME DEPOT #0652", "67300"),
        ("UDEMY: ONLINE COURSES", "63400"),
        ("FOREIGN TRANSACTION FEE", "68100"),
        ("HISCOX INC", "68200"),
        ("USPS PO 1234567", "60200"),
        ("EB *PYCON 2026", "63600"),
    ],
)
def test_well_known_merchants(printed: str, account: str) -> None:
    match = rules.starter_match(merchant_key(printed), None, accounts=STARTER.account_codes)
    assert match is not None
    assert match.gl_code == account


@pytest.mark.parametrize(
    "printed", ["UNITED WAY", "DELTA DENTAL", "XYZZY", "CABARET", "THE UPSTART"]
)
def test_merchants_nobody_knows(printed: str) -> None:
    assert rules.starter_match(printed, None, accounts=STARTER.account_codes) is None


@pytest.mark.parametrize(
    ("category", "account"),
    [
        ("Food & Drink", "66300"),
        ("Gas", "64100"),
        ("Travel-Airline", "65100"),
        ("Restaurant-Bar & Café", "66300"),
        (" gas/automotive ", "64100"),
        ("Lodging", "65300"),
        ("Phone/Cable", "61400"),
    ],
)
def test_categories_of_the_big_issuers(category: str, account: str) -> None:
    match = rules.starter_match("XYZZY", category, accounts=STARTER.account_codes)
    assert match is not None
    assert match.gl_code == account


def test_a_rule_whose_account_is_not_active_does_not_apply() -> None:
    assert rules.starter_match("SHELL OIL", None, accounts={"66300"}) is None
    other = rules.starter_match("SHELL OIL", "Dining", accounts={"66300"})
    assert other is not None
    assert other.gl_code == "66300"


def test_every_starter_rule_points_to_the_starter_chart_and_can_meet_a_key() -> None:
    tables = (
        starter_rules.MERCHANTS,
        starter_rules.KINDS,
        starter_rules.SURE_CATEGORIES,
        starter_rules.HINT_CATEGORIES,
    )
    for table in tables:
        assert set(table) <= STARTER.account_codes
    for code, row in (starter_rules.MERCHANTS | {}).items():
        for entry in row.split(","):
            words = " ".join(entry.partition("=")[0].split()).rstrip("$")
            assert merchant_key(words) == words, f"{words} ({code}) can never be a key"


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "once"),
        (2, "twice"),
        (3, "three times"),
        (11, "eleven times"),
        (12, "twelve times"),
        (13, "13 times"),
    ],
)
def test_numbers_in_words_up_to_twelve(count: int, words: str) -> None:
    assert rules.times(count) == words


def test_conflicting_choices_lower_the_confidence() -> None:
    assert rules.memory_confidence(chosen=1, total=1) == Decimal("0.75")
    assert rules.memory_confidence(chosen=1, total=2) == Decimal("0.5")
    assert rules.memory_confidence(chosen=11, total=11) > Decimal("0.95")


def test_what_nothing_settles_is_flagged_with_the_reason() -> None:
    left = ladder.left(charge("XYZZY"), IN_07, reason="No AI service is configured")
    assert (left.tier, left.gl_code, left.needs_review) == ("manual", None, True)
    assert left.review_reason == "No AI service is configured"


def test_a_starter_rule_takes_the_usual_department() -> None:
    left = ladder.left(charge("SHELL OIL 5744"), IN_07, reason="no matter")
    assert (left.tier, left.gl_code, left.department_code) == ("rule", "64100", "07")
    assert not left.needs_review
    assert left.explanation == (
        "Starter rule: Shell is a well-known merchant; the department is your usual one"
    )


def test_without_a_department_the_account_stays_and_the_line_is_flagged() -> None:
    left = ladder.left(charge("SHELL OIL"), Knowledge(CHART), reason="")
    assert (left.gl_code, left.department_code, left.needs_review) == ("64100", None, True)
    assert left.review_reason == rules.NO_DEPARTMENT


def test_a_rough_category_is_flagged() -> None:
    knowledge = Knowledge(STARTER, UsualDepartments(overall="07"))
    left = ladder.left(charge("XYZZY", source_category="Travel"), knowledge, reason="")
    assert (left.tier, left.gl_code, left.needs_review) == ("rule", "65500", True)
    assert left.review_reason == rules.UNSURE_CATEGORY


@pytest.mark.parametrize(("sure", "flagged"), [("0.59", True), ("0.6", False), ("1", False)])
def test_an_unsure_answer_is_flagged_and_a_sure_one_capped(sure: str, flagged: bool) -> None:
    settled = ladder.answered(
        charge(), Answer("66300", "07", "Blue Bottle", "Coffee", Decimal(sure)), IN_07
    )
    assert settled.needs_review is flagged
    assert settled.confidence == min(Decimal(sure), rules.MODEL_AT_MOST)
    assert (settled.tier, settled.vendor) == ("model", "Blue Bottle")


def test_what_a_simulated_service_settled_says_so() -> None:
    answer = Answer("66300", "07", "Blue Bottle", "Coffee", Decimal("0.9"))
    real = ladder.answered(charge(), answer, IN_07)
    simulated = ladder.answered(charge(), answer, replace(IN_07, simulated=True))
    assert simulated.explanation == (
        "A simulated AI service (not a real one) read this as Blue Bottle"
    )
    assert rules.is_simulated(simulated.explanation)
    assert not rules.is_simulated(real.explanation)
    assert not rules.is_simulated(None)
    assert replace(simulated, explanation=real.explanation) == real


def test_no_vendor_can_make_a_real_answer_look_simulated() -> None:
    settled = ladder.answered(
        charge(), Answer("66300", "07", rules.SIMULATED, "Coffee", Decimal(1)), IN_07
    )
    assert not rules.is_simulated(settled.explanation)


def test_a_simulated_model_is_another_context_than_a_real_one_of_its_name() -> None:
    real = service.context_hash(CHART, "simulated")
    assert service.context_hash(CHART, "simulated", simulated=True) != real


def test_another_chart_or_model_is_another_context() -> None:
    more = Chart((*CHART.accounts, ChartEntry("1", "New")), CHART.departments)
    renamed = Chart((ChartEntry("64100", "Petrol"), *CHART.accounts[1:]), CHART.departments)
    reordered = Chart(CHART.accounts[::-1], CHART.departments)
    ours = service.context_hash(CHART, "m")
    assert service.context_hash(reordered, "m") == ours
    others = [service.context_hash(c, "m") for c in (more, renamed)]
    assert len({ours, *others, service.context_hash(CHART, "n")}) == 4
