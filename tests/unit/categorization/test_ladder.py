"""Who goes before whom, and what the tiers say together."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.support.categorization import CHART, charge
from tests.support.own_rules import rule
from tests.unit.categorization.similar.test_learning_and_guessing import lines

from expenseflow.categorization import ladder, rules
from expenseflow.categorization.ladder import Knowledge, Remembered
from expenseflow.categorization.memory import UsualDepartments
from expenseflow.categorization.outcomes import Answer, Charge, Settlement
from expenseflow.categorization.own_rules.matching import RuleSet
from expenseflow.categorization.repository import Filed
from expenseflow.categorization.similar import training
from expenseflow.categorization.similar.predicting import Predictor
from expenseflow.categorization.similar.tier import Similar

FUEL = charge("AAA FUEL", amount="10")
ANSWER = Answer("69900", "07", "AAA", "Things", Decimal("0.9"))
USUAL = UsualDepartments({"9876": "07"}, "05")


@pytest.fixture(scope="module")
def similar() -> Similar:
    return Similar(Predictor(training.train(lines())), "ANN", CHART)


def filed(key: str, account: str, often: int) -> Filed:
    return Filed(
        key, account, None, None, None, "2026-01", often,
        datetime(2026, 1, 20, tzinfo=UTC), date(2026, 1, 20),
    )  # fmt: skip


def settle(knowledge: Knowledge, remembered: Remembered, one: Charge = FUEL) -> Settlement | None:
    return ladder.settle_known([one], knowledge, remembered).get(one.transaction_id)


def test_each_tier_goes_before_those_below_it(similar: Similar) -> None:
    key = FUEL.merchant.key
    everything = Knowledge(
        CHART, USUAL, RuleSet([rule(merchant_contains="AAA", gl_code="65100")]), similar
    )
    remembered = Remembered({key: [filed(key, "66300", 3)]}, {FUEL.merchant: ANSWER})

    steps = [
        (everything, remembered),
        (replace(everything, own_rules=RuleSet()), remembered),
        (replace(everything, own_rules=RuleSet()), replace(remembered, filed={})),
        (Knowledge(CHART, USUAL), replace(remembered, filed={})),
        (Knowledge(CHART, USUAL), Remembered()),
    ]
    found = [settle(*step) for step in steps]
    assert [one and (one.tier, one.gl_code) for one in found] == [
        ("rule", "65100"),
        ("memory", "66300"),
        ("similar", "64100"),
        ("model", "69900"),
        None,
    ]


def test_two_cards_of_a_person_have_their_own_departments() -> None:
    key = FUEL.merchant.key
    remembered = Remembered({key: [filed(key, "64100", 9)]})
    cards = [replace(FUEL, account=account) for account in ("9876", "1111", None)]
    found = [settle(Knowledge(CHART, USUAL), remembered, one) for one in cards]
    assert [one and one.department_code for one in found] == ["07", "05", "05"]


def test_a_merchant_filed_once_is_looked_at_unless_similar_lines_agree(similar: Similar) -> None:
    key = FUEL.merchant.key
    once = Remembered({key: [filed(key, "64100", 1)]})
    alone = settle(Knowledge(CHART, USUAL), once)
    agreed = settle(Knowledge(CHART, USUAL, similar=similar), once)
    assert alone is not None
    assert agreed is not None
    assert (alone.needs_review, alone.review_reason) == (True, rules.only(1))
    assert (agreed.tier, agreed.needs_review, agreed.review_reason) == ("memory", False, None)
    assert agreed.explanation is not None
    assert agreed.explanation.endswith("on 20 January; similar charges here agree")


def test_a_merchant_filed_once_needs_no_look_where_the_answer_paid_for_agrees() -> None:
    """Else a report that was submitted would come back with more to review than before."""
    same = replace(ANSWER, gl_code="64100")
    filed_once = {FUEL.merchant.key: [filed(FUEL.merchant.key, "64100", 1)]}
    agreed = settle(Knowledge(CHART, USUAL), Remembered(filed_once, {FUEL.merchant: same}))
    assert agreed is not None
    assert (agreed.tier, agreed.gl_code, agreed.needs_review) == ("memory", "64100", False)
    assert agreed.confidence == same.confidence
    assert agreed.explanation is not None
    assert agreed.explanation.endswith("; the AI service agrees")
    pretended = settle(
        Knowledge(CHART, USUAL, simulated=True), Remembered(filed_once, {FUEL.merchant: same})
    )
    assert pretended is not None
    assert (pretended.explanation or "").endswith("; a simulated AI service agrees")


@pytest.mark.parametrize(
    "answer",
    [ANSWER, replace(ANSWER, gl_code="64100", confidence=Decimal("0.3"))],
    ids=["another account", "unsure"],
)
def test_an_answer_that_says_otherwise_or_is_unsure_ends_no_doubt(answer: Answer) -> None:
    filed_once = {FUEL.merchant.key: [filed(FUEL.merchant.key, "64100", 1)]}
    found = settle(Knowledge(CHART, USUAL), Remembered(filed_once, {FUEL.merchant: answer}))
    assert found is not None
    assert (found.gl_code, found.review_reason) == ("64100", rules.only(1))


def test_similar_lines_never_overrule_what_the_person_chose(similar: Similar) -> None:
    key = FUEL.merchant.key
    other = settle(
        Knowledge(CHART, USUAL, similar=similar), Remembered({key: [filed(key, "66300", 1)]})
    )
    assert other is not None
    assert (other.tier, other.gl_code, other.needs_review) == ("memory", "66300", True)
    assert [one.gl_code for one in other.suggestions][:2] == ["66300", "64100"]


def test_an_answer_is_offered_beside_what_similar_lines_say(similar: Similar) -> None:
    answered = ladder.answered(FUEL, ANSWER, Knowledge(CHART, USUAL, similar=similar))
    assert answered.gl_code == "69900"
    assert [one.gl_code for one in answered.suggestions][:2] == ["69900", "64100"]
    assert len(answered.suggestions) == 3


def test_without_an_ai_service_a_good_guess_is_kept_and_a_bad_one_only_suggested(
    similar: Similar,
) -> None:
    knowledge = Knowledge(CHART, USUAL, similar=similar)
    good = ladder.left(charge("QQQ MARKET", amount="10"), knowledge, reason="Nobody knows")
    assert (good.tier, good.gl_code) == ("similar", "69900")
    unknown = ladder.left(charge("XYZZY PLUGH", amount="77"), knowledge, reason="Nobody knows")
    if unknown.tier == "manual":
        assert (unknown.gl_code, unknown.review_reason) == (None, "Nobody knows")
        assert unknown.suggestions
    assert unknown.needs_review
