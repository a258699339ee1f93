"""The JSON of a person's rules."""

from dataclasses import fields
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints
from pydantic import StrictBool as Flag
from pydantic import StrictInt as Number

from expenseflow.categorization.own_rules import rules
from expenseflow.categorization.own_rules.rules import Content
from expenseflow.categorization.own_rules.service import RuleView
from expenseflow.kit import money
from expenseflow.web.wire import UtcTime, WireIn, WireOut

_AMOUNT = r"^-?[0-9]{1,12}(\.[0-9]{1,4})?$"
_AMOUNTS = ("amount_min", "amount_max")
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Amount = Annotated[str, StringConstraints(pattern=_AMOUNT)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class RuleIn(WireIn):
    """A rule: all conditions that are given must hold; null or empty is not given."""

    name: Label | None = Field(default=None, description="What lines say they come from.")
    active: Flag = Field(default=True, description="false: the rule is kept and not asked.")
    merchant_contains: Name | None = Field(
        default=None,
        description="Whole words in a row, in the bank's text or in the merchant it names; "
        "case, accents and punctuation do not count.",
        examples=["blue bottle"],
    )
    pattern: Label | None = Field(
        default=None,
        description="All of the bank's text, or all of the merchant it names: `*` stands for "
        "anything, `?` for one character; case and accents do not count.",
        examples=["uber*trip*"],
    )
    amount_min: Amount | None = Field(
        default=None, description="The least amount; charges are positive, refunds negative."
    )
    amount_max: Amount | None = Field(default=None, description="The largest amount.")
    currency: Currency | None = Field(default=None, description="Only charges in this currency.")
    source_category: Name | None = Field(default=None, description="The bank's own category.")
    account: Label | None = Field(default=None, description="The label of the card.")
    gl_code: Code = Field(description="The account to file under.", examples=["66300"])
    department_code: Code | None = Field(
        default=None, description="null: the department you usually file under."
    )
    vendor: Name | None = Field(default=None, description="null: the merchant's own name.")
    description: Words | None = Field(default=None, description="null: the bank's text.")


class RuleChangeIn(RuleIn):
    """What the rule says instead."""

    version: Number | None = Field(
        default=None, description="The version you saw: refused once the rule has changed."
    )


class OrderIn(WireIn):
    """The order in which the rules are asked."""

    ids: Annotated[list[UUID], Field(max_length=rules.MOST)] = Field(
        description="Every rule of yours, once; the first is asked first."
    )


class RuleOut(WireOut):
    """A rule as it is saved."""

    id: UUID
    position: int = Field(ge=1)
    title: str
    name: str | None
    active: bool
    merchant_contains: str | None
    pattern: str | None
    amount_min: str | None
    amount_max: str | None
    currency: str | None
    source_category: str | None
    account: str | None
    gl_code: str
    department_code: str | None
    vendor: str | None
    description: str | None
    problem: str | None
    version: int
    updated_at: UtcTime


def content_of(body: RuleIn) -> Content:
    """What the body says; an empty text is none."""
    values: dict[str, Any] = {
        field.name: getattr(body, field.name)
        for field in fields(Content)
        if getattr(body, field.name) != ""
    }
    for name in _AMOUNTS:
        if values.get(name) is not None:
            values[name] = Decimal(values[name])
    return Content(**values)


def rule_out(view: RuleView) -> RuleOut:
    """The JSON of a rule."""
    rule, content = view.rule, view.rule.content
    said: dict[str, Any] = {field.name: getattr(content, field.name) for field in fields(Content)}
    for name in _AMOUNTS:
        if said[name] is not None:
            said[name] = money.to_text(said[name], content.currency or "")
    return RuleOut(
        id=rule.id,
        position=rule.position,
        title=rules.title(content),
        problem=view.problem,
        version=rule.version,
        updated_at=rule.updated_at,
        **said,
    )
