"""The memory tier: what this person decided for this merchant, as counts.

Conflicting choices lower the confidence; a code that is no longer in the chart does not count.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import merchants, repository, rules
from expenseflow.categorization.outcomes import (
    Charge,
    Merchant,
    PastLine,
    Settlement,
    Suggestion,
)
from expenseflow.categorization.repository import Filed
from expenseflow.chart.service import Chart

T = TypeVar("T")

PAST_LINES: Final = 5
SUGGESTIONS: Final = 3
_LOOKED_THROUGH: Final = 2000
_TELLING: Final = 40
"""A word that more past lines than this have says nothing about any of them."""
_HABIT: Final = 2
"""A description used once may be about that day; used twice it is how the person calls it."""


async def recall(
    session: AsyncSession, user_id: UUID, keys: Collection[str], *, chart: Chart
) -> dict[str, Settlement]:
    """A settlement for each of the merchants this person has filed before."""
    by_key: defaultdict[str, list[Filed]] = defaultdict(list)
    for row in await repository.filed(session, user_id, keys):
        if row.gl_code in chart.account_codes:
            by_key[row.merchant_key].append(row)
    if not by_key:
        return {}
    usual = await repository.usual_department(session, user_id, chart.department_codes)
    return {key: decide(rows, chart=chart, usual=usual) for key, rows in by_key.items()}


def decide(rows: Sequence[Filed], *, chart: Chart, usual: str | None) -> Settlement:
    """The person's most frequent account, the latest of equals, and what they used with it."""
    accounts = _ranked(rows, lambda row: row.gl_code)
    account, chosen, _ = accounts[0]
    here = [row for row in rows if row.gl_code == account]
    department = _most_frequent(
        row for row in here if row.department_code in chart.department_codes
    )
    confidence = rules.memory_confidence(chosen=chosen, total=sum(row.often for row in rows))
    department_code = department.department_code if department else usual
    reason = rules.review_reason(confidence, department_code, unsure=rules.UNSURE_MEMORY)
    vendor = _latest_vendor(rows)
    return Settlement(
        tier="memory",
        gl_code=account,
        department_code=department_code,
        vendor=vendor,
        description=_usual_description(here),
        confidence=confidence,
        needs_review=reason is not None,
        review_reason=reason,
        explanation=_in_words(vendor, [(code, count) for code, count, _ in accounts]),
        suggestions=_suggestions(rows, chart=chart, usual=usual),
    )


def _ranked(rows: Iterable[Filed], by: Callable[[Filed], T]) -> list[tuple[T, int, datetime]]:
    """What was chosen, how often and when last: the most frequent first, then the latest."""
    counts: Counter[T] = Counter()
    last: dict[T, datetime] = {}
    for row in rows:
        choice = by(row)
        counts[choice] += row.often
        last[choice] = max(last.get(choice, row.last_at), row.last_at)
    found = [(choice, count, last[choice]) for choice, count in counts.items()]
    return sorted(found, key=lambda each: (each[1], each[2]), reverse=True)


def _most_frequent(rows: Iterable[Filed]) -> Filed | None:
    found = list(rows)
    if not found:
        return None
    best = _ranked(found, lambda row: row.department_code)[0][0]
    return next(row for row in found if row.department_code == best)


def _latest_vendor(rows: Sequence[Filed]) -> str:
    named = [row for row in rows if row.vendor]
    latest = max(named, key=lambda row: row.last_at, default=None)
    return (latest and latest.vendor) or merchants.readable_vendor(rows[0].merchant_key)


def _usual_description(rows: Iterable[Filed]) -> str | None:
    ranked = _ranked((row for row in rows if row.description), lambda row: row.description)
    return ranked[0][0] if ranked and ranked[0][1] >= _HABIT else None


def _in_words(vendor: str, accounts: Sequence[tuple[str, int]]) -> str:
    parts = [f"under {code} {rules.times(count)}" for code, count in accounts[:SUGGESTIONS]]
    return f"You filed {vendor[:100]} {' and '.join(parts)}"


def _suggestions(
    rows: Sequence[Filed], *, chart: Chart, usual: str | None
) -> tuple[Suggestion, ...]:
    def pair(row: Filed) -> tuple[str, str | None]:
        known = row.department_code in chart.department_codes
        return row.gl_code, row.department_code if known else usual

    total = sum(row.often for row in rows)
    return tuple(
        Suggestion(account, department, rules.memory_confidence(chosen=count, total=total))
        for (account, department), count, _ in _ranked(rows, pair)[:SUGGESTIONS]
    )


# --- similar past lines for the prompt ------------------------------------------------------


async def nearest_past(
    session: AsyncSession, user_id: UUID, charges: Sequence[Charge]
) -> dict[Merchant, list[PastLine]]:
    """Up to five lines of this person whose merchant shares words with each charge's.

    The nearest ones that differ in their codes: a second line with the same codes says little more
    and costs as much.
    """
    if not charges:
        return {}
    past = await repository.recently_filed(session, user_id, limit=_LOOKED_THROUGH)
    by_word: defaultdict[str, set[PastLine]] = defaultdict(set)
    for row in past:
        line = PastLine(row.merchant_key, row.gl_code, row.department_code)
        for word in _words(row.merchant_key):
            by_word[word].add(line)
    telling = {word: lines for word, lines in by_word.items() if len(lines) <= _TELLING}
    found = {c.merchant: _nearest(c.merchant.key, telling) for c in charges}
    return {merchant: lines for merchant, lines in found.items() if lines}


def _nearest(key: str, by_word: dict[str, set[PastLine]]) -> list[PastLine]:
    """Rare words weigh more than common ones."""
    scores: Counter[PastLine] = Counter()
    for word in _words(key):
        lines = by_word.get(word, ())
        for line in lines:
            scores[line] += _TELLING * _TELLING // len(lines)
    ranked = sorted(scores.items(), key=lambda each: (-each[1], each[0].description))
    best: dict[tuple[str, str | None], PastLine] = {}
    for line, _ in ranked:
        best.setdefault((line.gl_code, line.department_code), line)
    return list(best.values())[:PAST_LINES]


def _words(key: str) -> set[str]:
    return {word for word in key.split() if len(word) > 1}
