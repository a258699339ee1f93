"""What a person's rule says; pure.

All conditions that are given must hold. The first rule in the person's order whose conditions
hold settles a charge; no later rule adds anything to it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from expenseflow.categorization.own_rules import errors

MOST: Final = 500
"""Rules of one person."""
CONFIDENCE: Final = Decimal("0.99")
"""The person said so; only an edit of the line itself is surer."""
TITLE_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class Content:
    """What a rule looks at and what it sets; what is None is not looked at, or not set."""

    gl_code: str
    department_code: str | None = None
    """None: the department the person usually files under."""
    vendor: str | None = None
    description: str | None = None
    name: str | None = None
    active: bool = True
    merchant_contains: str | None = None
    """Whole words, in a row, of the bank's text or of the merchant in it."""
    pattern: str | None = None
    """All of the bank's text, or all of the merchant in it; `*` is anything, `?` one character."""
    amount_min: Decimal | None = None
    """Charges are positive, refunds negative; both ends belong to the range."""
    amount_max: Decimal | None = None
    currency: str | None = None
    source_category: str | None = None
    account: str | None = None
    """The label of the card."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A saved rule; `position` counts from 1, the first is asked first."""

    id: UUID
    position: int
    content: Content
    version: int
    updated_at: datetime


def title(content: Content) -> str:
    """What the rule is called: its name, else what it looks for."""
    names = (
        content.name,
        content.merchant_contains,
        content.pattern,
        content.source_category,
        content.account,
    )
    found = next((name for name in names if name), None) or f"Charges to {content.gl_code}"
    return found if len(found) <= TITLE_LENGTH else found[: TITLE_LENGTH - 1] + "…"


def problem(
    content: Content, *, accounts: Collection[str], departments: Collection[str]
) -> str | None:
    """Why the rule does not apply at present although it is switched on; None when it does."""
    if content.gl_code not in accounts:
        return f"The account {content.gl_code} is no longer in use, so this rule does not apply"
    if content.department_code is not None and content.department_code not in departments:
        return (
            f"The department {content.department_code} is no longer in use, "
            "so this rule does not apply"
        )
    return None


def must_be_in_use(
    content: Content, *, accounts: Collection[str], departments: Collection[str]
) -> None:
    """A rule is saved only with codes that can be used."""
    if content.gl_code not in accounts:
        raise errors.RuleAccountNotInUse(
            f"There is no account {content.gl_code} in use", gl_code=content.gl_code
        )
    if content.department_code is not None and content.department_code not in departments:
        raise errors.RuleDepartmentNotInUse(
            f"There is no department {content.department_code} in use",
            department_code=content.department_code,
        )


def must_tell_apart(content: Content) -> None:
    """A rule without a condition would decide every charge, one that nothing meets none."""
    if all(condition is None for condition in (content.merchant_contains, *_others(content))):
        raise errors.RuleSaysTooLittle("A rule needs at least one condition")
    for text in (content.merchant_contains, content.pattern):
        if text is not None and not any(map(str.isalnum, text)):
            raise errors.RuleSaysTooLittle(f"“{text}” holds no letter or digit to look for")
    least, most = content.amount_min, content.amount_max
    if least is not None and most is not None and least > most:
        raise errors.RuleSaysTooLittle("The smallest amount is above the largest")


def is_only_about_merchant(content: Content) -> bool:
    """Whether the rule looks at nothing but words of the merchant."""
    return all(condition is None for condition in _others(content))


def _others(content: Content) -> tuple[object, ...]:
    return (
        content.pattern,
        content.amount_min,
        content.amount_max,
        content.currency,
        content.source_category,
        content.account,
    )


def must_have_room(count: int) -> None:
    """Bounds what each charge is compared with."""
    if count >= MOST:
        raise errors.TooManyRules(
            f"You have {count} rules, which is as many as there can be; "
            "delete one that is not needed any more"
        )


def must_name_each_once(wanted: Collection[UUID], present: Collection[UUID]) -> None:
    """An order that leaves one out was made from a list that is out of date."""
    if sorted(wanted) != sorted(present):
        raise errors.OrderIncomplete(ids=list(present))
