"""The JSON of a preview, and of what a person may change about it."""

import json
from collections.abc import Mapping as Dict
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from expenseflow.kit import money
from expenseflow.statements import mappings
from expenseflow.statements.parsing.mapping import DateOrder, Mapping, SignConvention
from expenseflow.statements.planning import Choice
from expenseflow.statements.rows import (
    CurrencySource,
    MappingSource,
    PreviewedStatement,
    PreviewRow,
)
from expenseflow.web import wire
from expenseflow.web.wire import TotalOut, WireIn, WireOut, holds_nul

MAX_ACCOUNT = 100
_MOST_ROWS = 100_000
_ROLES = ", ".join(mappings.ROLES)
_COLUMNS = (
    f"By role ({_ROLES}): the columns that hold it, in order of preference, counted from 0. "
    "A role without a column is not in the file."
)


def _role(name: str) -> str:
    if name not in mappings.ROLES:
        raise ValueError(f"There is no such role; there are {_ROLES}")
    return name


Column = (
    Annotated[int, Field(strict=True, ge=0, le=1000)]
    | Annotated[
        str,
        Field(
            strict=True, min_length=1, max_length=500, json_schema_extra={"pattern": wire.NO_NUL}
        ),
    ]
)
RoleName = Annotated[str, AfterValidator(_role)]


class MappingIn(WireIn):
    """How a file is to be read; what is not said, or null, the file shows itself."""

    columns: dict[RoleName, Column | Annotated[list[Column], Field(max_length=100)]] = Field(
        default={},
        max_length=len(mappings.ROLES),
        json_schema_extra={"propertyNames": {"enum": list(mappings.ROLES)}},
        description=f"By role ({_ROLES}): its columns by number, from 0, or by heading; "
        "an empty list: none. Roles that are not named are found in the file.",
    )
    date_order: DateOrder | None = Field(
        default=None, description="Of dates such as 03/04/26; null: as each column shows."
    )
    decimal_sign: Literal[".", ","] | None = Field(
        default=None, description="null: as each column shows."
    )
    sign_convention: SignConvention | None = Field(
        default=None, description="Which sign a charge has in the file."
    )
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    header_row: Annotated[int, Field(strict=True, ge=0, le=_MOST_ROWS)] | None = Field(
        default=None, description="The line of the headings, from 1; 0: there are none."
    )
    account: Annotated[str, Field(max_length=MAX_ACCOUNT)] | None = Field(
        default=None, description="Label or last four digits, for rows that name none."
    )

    def mapping(self) -> Mapping:
        return Mapping(
            columns={
                mappings.ROLES[name]: list(found) if isinstance(found, list) else [found]
                for name, found in self.columns.items()
            },
            date_order=self.date_order,
            decimal_sign=self.decimal_sign,
            sign_convention=self.sign_convention,
            delimiter=self.delimiter,
            header_row=self.header_row,
            account=self.account,
        )


def mapping_schema() -> dict[str, Any]:
    """The schema of `MappingIn` in one piece, for the form that holds it."""
    schema = MappingIn.model_json_schema()
    definitions: dict[str, Any] = schema.pop("$defs", {})
    for described in schema["properties"].values():
        for option in described.get("anyOf", []):
            option.update(definitions.get(option.pop("$ref", "").rpartition("/")[2], {}))
    return schema


class MappingOut(WireOut):
    """How the file was read; sent back as `mapping`, changed or not, it is read so."""

    columns: dict[str, list[int]] = Field(description=_COLUMNS)
    date_order: DateOrder | None = Field(
        description="null: no date needs an order, or the columns differ."
    )
    decimal_sign: str | None = Field(description="null: as each column shows.")
    sign_convention: SignConvention | None
    delimiter: str | None
    header_row: int | None = Field(description="The line of the headings; 0: there are none.")
    account: str | None = Field(description="For rows of which the file does not say it.")


class PreviewRowOut(WireOut):
    """What an import would do with one row."""

    row: int = Field(description="CSV: the line in the file; OFX: the number of the transaction.")
    posted_on: date | None
    description: str | None
    amount: str | None
    currency: str | None
    account: str | None
    decision: Literal["new", "duplicate", "payment", "rejected"]
    reason: str | None
    chosen: Choice | None = Field(description="Your decision, where it makes a difference.")
    imports: bool = Field(description="Whether an import stores it.")

    @classmethod
    def from_row(cls, row: PreviewRow) -> Self:
        amount = None
        if row.amount is not None and row.currency is not None:
            amount = money.to_text(row.amount, row.currency)
        return cls(
            row=row.row,
            posted_on=row.posted_on,
            description=row.description,
            amount=amount,
            currency=row.currency,
            account=row.account,
            decision=row.decision,
            reason=row.reason,
            chosen=row.chosen,
            imports=row.imports,
        )


class PreviewOut(WireOut):
    """What an import of the file with this `mapping` and your decisions would do."""

    format: str
    account: str | None
    currency: str | None = Field(description="The currency of the rows; null when they differ.")
    currency_source: CurrencySource
    mapping: MappingOut
    mapping_source: MappingSource = Field(
        description="Whether you said it now, you said it before about files with these headings, "
        "or the file shows it."
    )
    sign_convention: SignConvention | None = Field(
        description="Which sign a charge has in the file; change it in `mapping`."
    )
    date_order_sure: bool = Field(
        description="false: the dates fit several orders, or contradict each other."
    )
    header_key: str | None = Field(description="The same for files with the same headings.")
    headings: list[str]
    imported: int
    duplicates: int
    payments: int
    skipped: int
    rejected: int
    periods: list[str]
    totals: list[TotalOut] = Field(description="Of what would be new, without payments.")
    imported_before: bool
    notes: list[str]
    rows: list[PreviewRowOut]


def preview_json(preview: PreviewedStatement) -> bytes:
    """The answer as it is sent; takes long for many rows, so it belongs into a thread.

    Row by row: written in one piece, 20,000 rows would hold up every other thread meanwhile.
    """
    head = _without_rows(preview).model_dump_json().encode()
    rows = b",".join(PreviewRowOut.from_row(row).model_dump_json().encode() for row in preview.rows)
    return head.removesuffix(_NO_ROWS) + b'"rows":[' + rows + b"]}"


_NO_ROWS = b'"rows":[]}'


def _without_rows(preview: PreviewedStatement) -> PreviewOut:
    mapping = MappingOut.model_validate(mappings.to_json(preview.mapping))
    totals = [TotalOut.of(total) for total in preview.totals]
    return PreviewOut(
        format=preview.format,
        account=preview.account,
        currency=preview.currency,
        currency_source=preview.currency_source,
        mapping=mapping,
        mapping_source=preview.mapping_source,
        sign_convention=preview.mapping.sign_convention,
        date_order_sure=preview.date_order_sure,
        header_key=preview.header_key,
        headings=preview.headings,
        imported=preview.imported,
        duplicates=preview.duplicates,
        payments=preview.payments,
        skipped=preview.skipped,
        rejected=preview.rejected,
        periods=preview.periods,
        totals=totals,
        imported_before=preview.imported_before,
        notes=preview.notes,
        rows=[],
    )


class NotUnderstood(ValueError):
    """What a member of a form holds is not what it should; the text says what is wrong."""


_CHOICES = TypeAdapter(
    dict[Annotated[int, Field(ge=1, le=10_000_000)], Choice],
    config=ConfigDict(hide_input_in_errors=True),
)


def mapping_of(text: str) -> Mapping:
    """The mapping in the form; raises NotUnderstood."""
    try:
        return MappingIn.model_validate(_json(text)).mapping()
    except ValidationError as error:
        raise NotUnderstood(_words(error)) from error


def choices_of(text: str) -> Dict[int, Choice]:
    """The decisions in the form, by row; raises NotUnderstood."""
    try:
        return _CHOICES.validate_python(_json(text))
    except ValidationError as error:
        raise NotUnderstood(_words(error)) from error


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("This is not JSON.") from error
    if not isinstance(value, dict):
        raise NotUnderstood("A JSON object is needed.")
    if holds_nul(value):
        raise NotUnderstood("A text holds a NUL character.")
    return value  # pyright: ignore[reportUnknownVariableType]  # JSON


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotUnderstood("A name stands there twice.")
    return found


def _words(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"] if part != "[key]")[:100]
    is_unknown = first["type"] == "extra_forbidden"
    words = "There is no such member" if is_unknown else first["msg"].removeprefix("Value error, ")
    return f"{where}: {words}" if where else words
