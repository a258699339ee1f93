"""The memory tier: what this person decided for this merchant, as counts.

Conflicting choices lower the confidence; a code that is no longer in the chart does not count.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Generic, TypeVar
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
from expenseflow.categorization.repository import Department, Filed
from expenseflow.chart.service import Chart
from expenseflow.kit.period import months_between

T = TypeVar("T")
_Row = TypeVar("_Row", Filed, Department)

PAST_LINES: Final = 5
SUGGESTIONS: Final = 3
_LOOKED_THROUGH: Final = 2000
_TELLING: Final = 40
"""A word that more past lines than this have says nothing about any of them."""
_FADES: Final = Decimal("0.5")
_USUAL: Final = 3
"""A person who has filed one department so often has habits, by card too; before that, what one
charge was filed under says nothing about others."""
_HABIT: Final = 2
"""A description used once may be about that day; used twice it is how the person calls it."""


@dataclass(frozen=True, slots=True)
class UsualDepartments:
    """The departments a person files under most often: by card, and over all cards."""

    by_account: Mapping[str, str] = field(default_factory=dict[str, str])
    overall: str | None = None

    def of(self, account: str | None) -> str | None:
        """The usual one of a card; of a card that is new, or not named, the usual one of all."""
        return self.by_account.get(account or "", self.overall)


async def usual_departments(
    session: AsyncSession, user_id: UUID, *, chart: Chart
) -> UsualDepartments:
    """What this person's lessons say; a department that is no longer in use does not count."""
    return usual_of(await repository.departments(session, user_id), chart=chart)


def usual_of(rows: Iterable[Department], *, chart: Chart) -> UsualDepartments:
    """The commonest of each card and of all, the latest of equals; none before there is a habit."""
    in_use = [row for row in rows if row.code in chart.department_codes]
    by_account: defaultdict[str, list[Department]] = defaultdict(list)
    for row in in_use:
        if row.account is not None:
            by_account[row.account].append(row)
    ranked = _ranked(in_use, lambda row: row.code)
    if not ranked or ranked[0].often < _USUAL:
        return UsualDepartments()
    return UsualDepartments(
        {account: _commonest(found) for account, found in by_account.items()}, ranked[0].choice
    )


def _commonest(rows: Iterable[Department]) -> str:
    return _ranked(rows, lambda row: row.code)[0].choice


async def recall(
    session: AsyncSession, user_id: UUID, keys: Collection[str], *, chart: Chart
) -> dict[str, list[Filed]]:
    """What this person decided for those of the merchants they have filed before."""
    by_key: defaultdict[str, list[Filed]] = defaultdict(list)
    for row in await repository.filed(session, user_id, keys):
        if row.gl_code in chart.account_codes:
            by_key[row.merchant_key].append(row)
    return dict(by_key)


def decide(rows: Sequence[Filed], *, chart: Chart, usual: str | None, month: str) -> Settlement:
    """The account this person chose most, the later months weighing more, and what went with it.

    A choice counts half as much as one of the month after it: on real card data that is as often
    right as plain counts, and a person who changes their mind need not outvote a whole past. How
    sure it is follows from the share of the choice and from how many choices there are at all.
    `month` is that of the charge: a date of another year is told with its year.
    """
    weights = _weights(rows, month)
    accounts = _ranked(rows, lambda row: row.gl_code, weights)
    account = accounts[0].choice
    here = [row for row in rows if row.gl_code == account]
    department = _usual_here(here, weights, chart) or usual
    evidence = _Evidence(sum(weights.values(), Decimal(0)), sum(row.often for row in rows))
    confidence = evidence.confidence(accounts[0].weight)
    unsure = rules.UNSURE_MEMORY if accounts[1:] else rules.only(evidence.often)
    reason = rules.review_reason(confidence, department, unsure=unsure, below=rules.SURE_MEMORY)
    vendor = _latest_vendor(rows)
    return Settlement(
        tier="memory",
        gl_code=account,
        department_code=department,
        vendor=vendor,
        description=_usual_description(here),
        confidence=confidence,
        needs_review=reason is not None,
        review_reason=reason,
        explanation=_in_words(vendor, accounts, last=max(r.last_on for r in here), month=month),
        suggestions=_suggestions(rows, weights, evidence, chart=chart, usual=usual),
    )


@dataclass(frozen=True, slots=True)
class _Choice(Generic[T]):
    choice: T
    weight: Decimal
    often: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class _Evidence:
    """All choices about a merchant: what they weigh together, and how many they are."""

    weight: Decimal
    often: int

    def confidence(self, weight: Decimal) -> Decimal:
        """How sure a choice of this weight is: its share, of as many choices as there are."""
        chosen = weight / self.weight * self.often
        return rules.memory_confidence(chosen=chosen, total=self.often)


def _weights(rows: Sequence[Filed], month: str) -> dict[Filed, Decimal]:
    """What the choices of a row count together, those of the latest month one each.

    Months after the charge's own count like that: a date that is years off outvotes nobody.
    """
    latest = max((row.period for row in rows if row.period <= month), default=month)
    ages = {row: max(0, months_between(row.period, latest)) for row in rows}
    return {row: row.often * _FADES**age for row, age in ages.items()}


def _ranked(
    rows: Iterable[_Row], by: Callable[[_Row], T], weights: Mapping[_Row, Decimal] | None = None
) -> list[_Choice[T]]:
    """What was chosen, how often and when last: the weightiest first, then the latest."""
    found: dict[T, _Choice[T]] = {}
    for row in rows:
        choice = by(row)
        before = found.get(choice) or _Choice(choice, Decimal(0), 0, row.last_at)
        found[choice] = _Choice(
            choice,
            before.weight + (weights[row] if weights else row.often),
            before.often + row.often,
            max(before.last_at, row.last_at),
        )
    return sorted(found.values(), key=lambda each: (each.weight, each.last_at), reverse=True)


def _usual_here(
    rows: Sequence[Filed], weights: Mapping[Filed, Decimal], chart: Chart
) -> str | None:
    """The department this person uses with the merchant and the account."""
    known = [row for row in rows if row.department_code in chart.department_codes]
    ranked = _ranked(known, lambda row: row.department_code, weights)
    return ranked[0].choice if ranked else None


def _latest_vendor(rows: Sequence[Filed]) -> str:
    named = [row for row in rows if row.vendor]
    latest = max(named, key=lambda row: row.last_at, default=None)
    return (latest and latest.vendor) or merchants.readable_vendor(rows[0].merchant_key)


def _usual_description(rows: Iterable[Filed]) -> str | None:
    ranked = _ranked((row for row in rows if row.description), lambda row: row.description)
    return ranked[0].choice if ranked and ranked[0].often >= _HABIT else None


def _in_words(vendor: str, accounts: Sequence[_Choice[str]], *, last: date, month: str) -> str:
    first, *others = accounts[:SUGGESTIONS]
    day = f"{last.day} {last:%B}" + ("" if f"{last.year}" == month[:4] else f" {last.year}")
    when = f"on {day}" if first.often == 1 else f"the last time on {day}"
    said = f"You filed {vendor[:100]} under {first.choice} {rules.times(first.often)}, {when}"
    more = [f"under {other.choice} {rules.times(other.often)}" for other in others]
    return f"{said}; and {' and '.join(more)}" if more else said


def _suggestions(
    rows: Sequence[Filed],
    weights: Mapping[Filed, Decimal],
    evidence: _Evidence,
    *,
    chart: Chart,
    usual: str | None,
) -> tuple[Suggestion, ...]:
    def pair(row: Filed) -> tuple[str, str | None]:
        known = row.department_code in chart.department_codes
        return row.gl_code, row.department_code if known else usual

    return tuple(
        Suggestion(*each.choice, evidence.confidence(each.weight))
        for each in _ranked(rows, pair, weights)[:SUGGESTIONS]
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
