"""Nearly right files of every format: read to the last row, or refused in words, and quickly.

What comes out must fit the tables it goes into. `FUZZ_MINUTES=30 make fuzz` goes on for longer.
"""

import sys
import time
from decimal import Decimal

import pytest
from hypothesis import strategies as st
from tests.support.fuzz import budget, statements

from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.statements import planning, reading
from expenseflow.statements.parsing import ParsedRow, currencies, dates
from expenseflow.statements.reading import Given, ReadStatement

EXAMPLES = 120
SECONDS = 6 if sys.gettrace() else 1  # how much slower the measuring of coverage makes it
KINDS = {
    "table": statements.tables(),
    "ofx": statements.ofx(),
    "camt": statements.camt(),
    "mt940": statements.mt940(),
    "damaged": statements.nearly(),
}
GIVEN = st.builds(
    Given,
    st.sampled_from([None, "4242"]),
    st.sampled_from(["USD", "JPY"]),
    st.just("default"),
)
_MOST = Decimal(10) ** 14  # numeric(18, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_nearly_right_is_read_or_refused(kind: str) -> None:
    budget.fuzz(
        check_file, examples=EXAMPLES, share=0.8 / len(KINDS), content=KINDS[kind], given=GIVEN
    )


def check_file(content: bytes, given: Given) -> None:
    """Refused with a fact of ours, or every row is right and accounted for; never slow."""
    started = time.thread_time()
    try:
        found = reading.read(content, given)
    except ExpenseFlowError:
        found = None
    assert time.thread_time() - started < SECONDS
    if found is not None:
        check_read(found)


def check_read(found: ReadStatement) -> None:
    numbers = [row.row for row in found.rows] + [one.row for one in found.parsed.rejected]
    assert numbers
    assert len(numbers) == len(set(numbers))
    assert all(one.reason.strip() for one in found.parsed.rejected)
    for row in found.rows:
        check_row(row)
    for candidate in found.candidates:
        assert candidate.currency in currencies.CODES
        check_text(candidate.account, 100)
    check_text(found.account, 100)
    check_plans(found)
    again = reading.read(found.content, Given(None, found.given.currency, "form", found.mapping))
    assert again.rows == found.rows


def check_plans(found: ReadStatement) -> None:
    plans = planning.plan(found.parsed, found.candidates, planning.Known(), planning.NO_CHOICES)
    assert len(plans) == len(found.rows)
    for planned in plans:
        kinds = [planned.is_stored, planned.is_skipped, planned.verdict == "duplicate"]
        assert sum(kinds) == 1


def check_row(row: ParsedRow) -> None:
    assert row.amount
    for amount in filter(None, (row.amount, row.original_amount)):
        assert amount.is_finite()
        assert abs(amount) < _MOST
        assert amount == round(amount, 4)
    assert dates.FIRST_YEAR <= row.posted_on.year <= dates.LAST_YEAR
    assert row.description.strip()
    check_text(row.description, 500)
    check_text(row.source_category, 200)
    check_text(row.external_id, 255)
    for currency in filter(None, (row.currency, row.original_currency)):
        assert currency in currencies.CODES


def check_text(text: str | None, longest: int) -> None:
    """As PostgreSQL takes it: short enough, without NUL and halves of characters."""
    if text is not None:
        assert len(text) <= longest
        assert "\0" not in text
        text.encode()
