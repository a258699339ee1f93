"""What memory learns from lines a person stands behind."""

from collections.abc import Iterable

from expenseflow.categorization import merchants
from expenseflow.categorization.outcomes import Lesson
from expenseflow.reports.views import LineView


def lessons(lines: Iterable[LineView]) -> list[Lesson]:
    """One lesson for each line with an account, under the merchant of its transaction."""
    return [
        Lesson(
            transaction_id=line.transaction_id,
            merchant_key=merchants.merchant_key(line.original_description),
            gl_code=line.gl_code,
            department_code=line.department_code,
            vendor=line.vendor,
            description=_own_words(line),
        )
        for line in lines
        if line.gl_code is not None
    ]


def _own_words(line: LineView) -> str | None:
    # The bank's text of one charge (store number, date) must not become next month's text.
    return None if line.description == line.original_description else line.description
