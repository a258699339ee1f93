"""Errors in words that hold nothing people entered.

The text of an exception may quote anything: PostgreSQL names the values of a row, pydantic its
input, `int()` what it could not read. So of a foreign text only what stands word for word in the
code that raised it is told; of a database error its code and the names of what it is about.
"""

import traceback
from collections.abc import Iterator, Sequence
from types import CodeType, TracebackType
from typing import cast

import psycopg
import pydantic_core
import sqlalchemy.exc

_CAUSE = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT = "\nDuring handling of the above exception, another exception occurred:\n\n"
_MOST = 20
"""Errors of one chain or group that are told."""


def told(error: BaseException) -> str:
    """The whole traceback: where it was, of what kind, but no values."""
    return "".join(_chain(error, [])).rstrip("\n")


def words(error: BaseException) -> str:
    """Its kind, and what can be said of it without telling values."""
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = f"{kind.__module__}.{name}"
    said = _facts(error)
    return f"{name}: {said}" if said else name


def _chain(error: BaseException, seen: list[BaseException]) -> Iterator[str]:
    seen.append(error)
    before = _before(error)
    if before is not None and before not in seen and len(seen) < _MOST:
        yield from _chain(before, seen)
        yield _CAUSE if before is error.__cause__ else _CONTEXT
    if error.__traceback__ is not None:
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(error.__traceback__)
    yield f"{words(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        group = cast("BaseExceptionGroup[BaseException]", error)
        yield from _members(group.exceptions, seen)


def _members(errors: Sequence[BaseException], seen: list[BaseException]) -> Iterator[str]:
    for number, one in enumerate(errors, 1):
        if one not in seen and len(seen) < _MOST:
            yield f"--- {number} of {len(errors)} ---\n"
            yield from _chain(one, seen)


def _before(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None or error.__suppress_context__:
        return error.__cause__
    return error.__context__


def _facts(error: BaseException) -> str:
    match error:
        case sqlalchemy.exc.DBAPIError():
            return words(error.orig) if error.orig is not None else ""
        case psycopg.Error():
            return _of_database(error)
        case pydantic_core.ValidationError():
            return f"{error.error_count()} in {error.title}"
        case OSError():
            return error.strerror or ""
        case _:
            return _constant(error)


def _of_database(error: psycopg.Error) -> str:
    about = error.diag
    named = {
        "SQLSTATE": error.sqlstate, "table": about.table_name, "column": about.column_name,
        "constraint": about.constraint_name,
    }  # fmt: skip
    return ", ".join(f"{name} {value}" for name, value in named.items() if value)


def _constant(error: BaseException) -> str:
    """The text, if the function that raised it holds it as it is."""
    frame = _last(error.__traceback__)
    text = str(error)
    return text if text and frame is not None and _holds(frame.tb_frame.f_code, text) else ""


def _last(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def _holds(code: CodeType, text: str) -> bool:
    return any(isinstance(constant, str) and constant == text for constant in code.co_consts)
