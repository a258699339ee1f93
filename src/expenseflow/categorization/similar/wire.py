"""Lines on their way to the training process."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from expenseflow.categorization.similar.features import Example, Line


@dataclass(frozen=True, slots=True)
class Verified:
    """A line a person stands behind, and whether the model in use has not seen it yet."""

    example: Example
    is_new: bool


def as_json(lines: Iterable[Verified]) -> list[list[Any]]:
    """The lines as plain lists."""
    return [
        [
            one.example.line.person,
            one.example.line.account,
            one.example.line.merchant_key,
            one.example.line.amount,
            one.example.line.category,
            one.example.line.text,
            one.example.gl_code,
            one.example.department_code,
            one.example.month,
            one.is_new,
        ]
        for one in lines
    ]


def examples(rows: Iterable[list[Any]]) -> list[Verified]:
    """The lines from their lists."""
    return [
        Verified(
            Example(Line(*row[:6]), gl_code=row[6], department_code=row[7], month=row[8]), row[9]
        )
        for row in rows
    ]
