"""Looking into JSON that somebody else wrote."""

from typing import Any, cast


def an_object(found: Any) -> dict[str, Any] | None:
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


def a_list(found: Any) -> list[Any] | None:
    return cast("list[Any]", found) if isinstance(found, list) else None
