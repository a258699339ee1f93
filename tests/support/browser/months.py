"""Months to look at: some charges that rules know, some that nobody is sure of."""

from typing import Any

from tests.support.browser.visitor import PERIOD, Visitor
from tests.support.workers import until

_CAFES = ("BLUE BOTTLE COFFEE", "PIZZA HUT", "BURGER BAR", "SUSHI GRILL", "CITY BAKERY")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def charges(known: int, unsure: int) -> list[str]:
    """Meals at as many places as are named, and charges that the test provider only guesses at."""
    cafes = [f"{_CAFES[at % len(_CAFES)]} {_LETTERS[at // len(_CAFES)]}TOWN" for at in range(known)]
    others = [f"QZ{_LETTERS[at // 26]}{_LETTERS[at % 26]} HOLDINGS" for at in range(unsure)]
    return cafes + others


async def a_report(visitor: Visitor, *, known: int, unsure: int, period: str = PERIOD) -> str:
    """The id of a month's draft, made past the pages; for who is signed in."""
    await visitor.import_month(charges(known, unsure), period=period)
    return await finished_report(visitor, period=period)


async def finished_report(visitor: Visitor, *, period: str = PERIOD) -> str:
    """The id of the draft that is made of what was imported."""
    job = await visitor.tell("/api/report-jobs", {"period": period})

    async def ended() -> dict[str, Any] | None:
        now = await visitor.ask(f"/api/report-jobs/{job['id']}")
        return now if now["completedAt"] else None

    done = await until(ended, seconds=60)
    assert done["status"] == "Completed", done
    return done["generatedReportId"]
