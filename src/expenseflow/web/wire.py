"""The JSON of the contract: camelCase, null written out, times in UTC ending in Z."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

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


class WireIn(BaseModel):
    """What we take: an unknown member is refused."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, validate_by_alias=True
    )


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
