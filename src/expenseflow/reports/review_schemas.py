"""The JSON of changing many lines at once, and of a report's totals."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, field_validator, model_validator

from expenseflow.kit import money
from expenseflow.reports.bulk import BulkEdit, Seen
from expenseflow.reports.schemas import LineIn, LineOut, line_out
from expenseflow.reports.totals import CodeTotal, CurrencyTotals
from expenseflow.web.wire import WireIn, WireOut

MOST_LINES = 10_000
"""Lines one call may name: about what fits into a body of 1 MB."""
_LINE = "6f1c2a52-2a51-4a51-8a51-9a5160c1f001"


def _only(wanted: str, other: str) -> dict[str, Any]:
    """A body with the one member, and without the other or null in it."""
    absent = {"type": "null"}
    return {"required": [wanted], "properties": {wanted: {"not": absent}, other: absent}}


class SeenIn(WireIn):
    """A line, and the version of it that you saw."""

    id: UUID
    version: int = Field(ge=1, le=2**31 - 1)


class BulkIn(WireIn):
    """One change to many lines: `lines`, or all lines of one vendor by `sameVendorAs`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"sameVendorAs": _LINE, "set": {"glCode": "66300"}}],
            "oneOf": [_only("lines", "sameVendorAs"), _only("sameVendorAs", "lines")],
        }
    )

    lines: (
        Annotated[
            list[SeenIn],
            Field(min_length=1, max_length=MOST_LINES, json_schema_extra={"uniqueItems": True}),
        ]
        | None
    ) = None
    same_vendor_as: UUID | None = None
    set: LineIn = Field(json_schema_extra={"minProperties": 1})

    @field_validator("lines")
    @classmethod
    def _each_once(cls, value: list[SeenIn] | None) -> list[SeenIn] | None:
        if value and len({line.id for line in value}) < len(value):
            raise ValueError("A line is named twice")
        return value

    @field_validator("set")
    @classmethod
    def _something(cls, value: LineIn) -> LineIn:
        if not value.model_fields_set:
            raise ValueError("There is nothing to set")
        return value

    @model_validator(mode="after")
    def _one_of_two(self) -> "BulkIn":
        if (self.lines is None) is (self.same_vendor_as is None):
            raise ValueError("Send either lines or sameVendorAs")
        return self

    @property
    def seen(self) -> list[Seen]:
        return [Seen(line.id, line.version) for line in self.lines or ()]


class ConflictOut(WireOut):
    """A line that was left as it is."""

    id: UUID
    version: int | None = Field(description="The current one; null: the line is gone.")
    reason: Literal["changed", "gone", "yours"] = Field(
        description="It was changed since you saw it, it is not on this report any more, or you "
        "edited or accepted it before and named only its vendor now."
    )


class BulkOut(WireOut):
    """What became of the lines."""

    updated: list[LineOut]
    conflicts: list[ConflictOut]


class CodeTotalOut(WireOut):
    """The lines of one account or department."""

    code: str | None = Field(description="null: the lines without one.")
    name: str | None
    line_count: int
    amount: str


class CurrencyTotalsOut(WireOut):
    """The lines of one currency."""

    currency: str
    line_count: int
    amount: str
    by_account: list[CodeTotalOut]
    by_department: list[CodeTotalOut]


class TotalsOut(WireOut):
    """What the lines of a report add up to; nothing is converted."""

    currencies: list[CurrencyTotalsOut]


def bulk_out(edit: BulkEdit) -> BulkOut:
    """The JSON of what became of the lines."""
    return BulkOut(
        updated=[line_out(line) for line in edit.updated],
        conflicts=[
            ConflictOut(id=each.id, version=each.version, reason=each.why.value)
            for each in edit.conflicts
        ],
    )


def totals_out(totals: list[CurrencyTotals]) -> TotalsOut:
    """The JSON of a report's totals."""
    return TotalsOut(currencies=[_currency_out(each) for each in totals])


def _currency_out(totals: CurrencyTotals) -> CurrencyTotalsOut:
    def out(each: CodeTotal) -> CodeTotalOut:
        amount = money.to_text(each.amount, totals.currency)
        return CodeTotalOut(
            code=each.code, name=each.name, line_count=each.line_count, amount=amount
        )

    return CurrencyTotalsOut(
        currency=totals.currency,
        line_count=totals.line_count,
        amount=money.to_text(totals.amount, totals.currency),
        by_account=[out(each) for each in totals.by_account],
        by_department=[out(each) for each in totals.by_department],
    )
