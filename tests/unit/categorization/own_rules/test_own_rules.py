"""What a rule is called, and when it does not apply."""

from typing import Any

import pytest
from tests.support.categorization import CHART
from tests.support.own_rules import rule

from expenseflow.categorization.own_rules import rules


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ({"name": "Coffee", "merchant_contains": "blue"}, "Coffee"),
        ({"merchant_contains": "blue", "pattern": "b*"}, "blue"),
        ({"pattern": "b*"}, "b*"),
        ({"source_category": "Travel"}, "Travel"),
        ({"account": "4242"}, "4242"),
        ({"amount_min": "5"}, "Charges to 66300"),
        ({"merchant_contains": "x" * 200}, "x" * 99 + "…"),
    ],
)
def test_a_rule_has_a_title(content: dict[str, Any], title: str) -> None:
    assert rules.title(rule(**content).content) == title


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({}, None),
        ({"department_code": "07"}, None),
        ({"gl_code": "60000"}, "The account 60000 is no longer in use, so this rule"),
        ({"department_code": "99"}, "The department 99 is no longer in use, so this rule"),
    ],
)
def test_codes_out_of_use_are_named(content: dict[str, Any], problem: str | None) -> None:
    found = rules.problem(
        rule(**content).content,
        accounts=CHART.account_codes,
        departments=CHART.department_codes,
    )
    assert found == (problem and f"{problem} does not apply")
