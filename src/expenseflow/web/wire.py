"""The JSON of the contract: camelCase, null written out, times in UTC ending in Z."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from expenseflow.kit import money
from expenseflow.kit.money import Money
from expenseflow.kit.paging import Page

T = TypeVar("T")
S = TypeVar("S")


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


UtcTime = Annotated[datetime, PlainSerializer(_utc_text, return_type=str)]
"""An aware time, written as ISO 8601 UTC ending in `Z`."""


class WireOut(BaseModel):
    """What we answer."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True, frozen=True
    )


class TotalOut(WireOut):
    """A sum in one currency; nothing is converted."""

    currency: str
    amount: str

    @classmethod
    def of(cls, total: Money) -> Self:
        return cls(currency=total.currency, amount=money.to_text(total.amount, total.currency))


def holds_nul(value: Any) -> bool:
    """Whether a NUL stands in any text of this JSON; PostgreSQL cannot store one."""
    waiting = [value]
    while waiting:  # no recursion: the nesting is the caller's to choose
        part = waiting.pop()
        if isinstance(part, str) and "\0" in part:
            return True
        if isinstance(part, dict):
            waiting.extend(part.values())  # pyright: ignore[reportUnknownArgumentType]  # JSON
        elif isinstance(part, list):
            waiting.extend(part)  # pyright: ignore[reportUnknownArgumentType]  # JSON
    return False


NO_NUL = r"^[^\x00]*$"


def say_no_nul(schema: dict[str, Any]) -> None:
    """Write into the schema of a text, or of a choice with one, that it holds no NUL."""
    for option in (schema, *schema.get("anyOf", ())):
        if option.get("type") == "string" and not option.keys() & {"pattern", "format", "enum"}:
            option["pattern"] = NO_NUL


class WireIn(BaseModel):
    """What we take: an unknown member is refused, and so is a NUL in any text."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, validate_by_alias=True
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        written = handler(core_schema)
        for member in handler.resolve_ref_schema(written).get("properties", {}).values():
            say_no_nul(member)
        return written

    @model_validator(mode="before")
    @classmethod
    def _refuse_nul(cls, value: Any) -> Any:
        if holds_nul(value):
            raise ValueError("A text holds a NUL character")
        return value


class PageOf(WireOut, Generic[T]):
    """The page object of every list."""

    items: list[T]
    total_count: int = Field(ge=0)
    page: int = Field(ge=1)
    page_size: int = Field(ge=1)


def page_of(page: Page[S], convert: Callable[[S], T]) -> PageOf[T]:
    """A page of rows as a page of their JSON."""
    return PageOf(
        items=[convert(item) for item in page.items],
        total_count=page.total_count,
        page=page.page,
        page_size=page.page_size,
    )
