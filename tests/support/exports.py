"""Lines and heads of reports that were never stored, for files made of them."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from expenseflow.kit.ids import new_id
from expenseflow.reports.export.cells import Names
from expenseflow.reports.export.heads import Head
from expenseflow.reports.views import LineView

NAMES = Names(
    accounts={"64100": "Fuel", "66300": "Meals"}, departments={"07": "Operations", "02": "Finance"}
)


def line(**changes: Any) -> LineView:
    """A cup of coffee."""
    values: dict[str, Any] = {
        "id": new_id(),
        "transaction_id": UUID(int=1),
        "posted_on": date(2026, 1, 14),
        "original_description": "SQ *BLUE BOTTLE 0423",
        "description": "Coffee",
        "vendor": None,
        "note": None,
        "amount": Decimal("6.5000"),
        "currency": "USD",
        "gl_code": "66300",
        "department_code": "07",
        "tier": "model",
        "confidence": None,
        "needs_review": False,
        "review_reason": None,
        "explanation": None,
        "suggestions": [],
        "edited_by_user": False,
        "version": 1,
        "card": "1234",
    }
    return LineView(**(values | changes))


def head(**changes: Any) -> Head:
    """Ann's January."""
    values: dict[str, Any] = {
        "report_id": UUID(int=0xABCDEF),
        "period": "2026-01",
        "person": "ann@example.com",
        "submitted_on": None,
        "is_supplement": False,
        "names": NAMES,
        "journal_account": "CARD-CLEARING",
    }
    return Head(**(values | changes))
