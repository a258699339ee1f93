"""What a person's rule would do to the lines there are.

The test and the application of a rule ask the same function, `judge`, so that a test tells
exactly what an application does.
"""

import asyncio
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import memory
from expenseflow.categorization.memory import UsualDepartments
from expenseflow.categorization.own_rules import matching
from expenseflow.categorization.own_rules import rules as own
from expenseflow.categorization.own_rules import service as own_rules
from expenseflow.categorization.own_rules.errors import RuleNotFound
from expenseflow.categorization.own_rules.matching import RuleSet, Subject
from expenseflow.categorization.own_rules.rules import Content, Rule
from expenseflow.chart.service import Chart
from expenseflow.kit.ids import new_id
from expenseflow.reports import rule_queries
from expenseflow.reports.rule_queries import Candidate, Scope
from expenseflow.reports.rules import Status

_BENCH = ThreadPoolExecutor(max_workers=2, thread_name_prefix="rules")
"""More at a time would only slow down each other, and everybody else's requests."""


class Verdict(StrEnum):
    """What becomes of a line whose charge meets the conditions."""

    WOULD_CHANGE = "wouldChange"
    ALREADY_SO = "alreadySo"
    KEPT_EDITED = "keptEdited"
    KEPT_SUBMITTED = "keptSubmitted"
    KEPT_BY_EARLIER_RULE = "keptByEarlierRule"


@dataclass(frozen=True, slots=True)
class Judged:
    """A line, what the rule makes of it, and why."""

    line: Candidate
    verdict: Verdict
    why: str
    gl_code: str
    department_code: str | None
    review_reason: str | None


@dataclass(frozen=True, slots=True)
class Court:
    """What lines are judged by: a rule, those asked before it, and what else decides."""

    rule: Rule
    chart: Chart
    usual: UsualDepartments = field(default_factory=UsualDepartments)
    earlier: Sequence[Rule] = ()


async def test_rule(
    session: AsyncSession,
    user_id: UUID,
    content: Content,
    *,
    replaces: UUID | None,
    period: str | None,
    now: datetime,
) -> list[Judged]:
    """What a rule would do that is not saved: a new one, or in place of one there is.

    Raises:
        RuleNotFound: there is none to replace.
        RuleSaysTooLittle, RuleAccountNotInUse, RuleDepartmentNotInUse.
    """
    earlier = await _before(session, user_id, replaces)
    chart = await own_rules.check(session, content)
    rule = Rule(replaces or new_id(), len(earlier) + 1, content, version=0, updated_at=now)
    usual = await memory.usual_departments(session, user_id, chart=chart)
    lines = await rule_queries.candidates(session, user_id, Scope(period=period))
    judged = await judge_apart(lines, Court(rule, chart, usual, earlier))
    return [found for found in judged.values() if found is not None]


async def _before(session: AsyncSession, user_id: UUID, replaces: UUID | None) -> list[Rule]:
    if replaces is None:
        return []
    every = await own_rules.every(session, user_id)
    places = [at for at, rule in enumerate(every) if rule.id == replaces]
    if not places:
        raise RuleNotFound
    return every[: places[0]]


async def judge_apart(lines: Iterable[Candidate], court: Court) -> dict[Candidate, Judged | None]:
    """`judge_each` off the event loop: a year of lines is half a second of text work."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_BENCH, lambda: dict(judge_each(lines, court)))


def judge_each(
    lines: Iterable[Candidate], court: Court
) -> Generator[tuple[Candidate, Judged | None]]:
    """Every line with what the rule makes of it, whether it is switched on or not.

    None: the line does not meet the conditions.
    """
    alone, earlier = RuleSet([_switched_on(court.rule)]), RuleSet(court.earlier)
    for line in lines:
        subject = _subject(line)
        if alone.first(subject, court.chart) is None:
            yield line, None
        else:
            yield line, _judged(line, court, earlier.first(subject, court.chart))


def _judged(line: Candidate, court: Court, before: Rule | None) -> Judged:
    content = court.rule.content
    department = _department(line, court)
    reason = matching.review_reason(department)
    if before is not None:
        title = own.title(before.content)
        verdict = Verdict.KEPT_BY_EARLIER_RULE
        why = f"Your rule “{title}” is asked before this one"
    elif not _differs(line, content, department, needs_review=reason is not None):
        verdict, why = Verdict.ALREADY_SO, "The line says this already"
    elif line.status == Status.SUBMITTED:
        verdict, why = Verdict.KEPT_SUBMITTED, "The line is on a submitted report"
    elif line.edited_by_user:
        verdict, why = Verdict.KEPT_EDITED, "You edited or accepted this line"
    else:
        verdict, why = Verdict.WOULD_CHANGE, matching.explanation(court.rule)
    return Judged(line, verdict, why, content.gl_code, department, reason)


def _department(line: Candidate, court: Court) -> str | None:
    """The rule's, else the line keeps its own, else the person's usual one of this card."""
    in_use = line.department_code in court.chart.department_codes
    kept = line.department_code if in_use else None
    return court.rule.content.department_code or kept or court.usual.of(line.account)


def _differs(
    line: Candidate, content: Content, department: str | None, *, needs_review: bool
) -> bool:
    return (
        (line.gl_code, line.department_code) != (content.gl_code, department)
        or content.vendor not in (None, line.vendor)
        or content.description not in (None, line.description)
        or (line.needs_review != needs_review and not line.edited_by_user)
    )


def _switched_on(rule: Rule) -> Rule:
    return replace(rule, content=replace(rule.content, active=True))


def _subject(line: Candidate) -> Subject:
    return Subject(
        line.original_description,
        amount=line.amount,
        currency=line.currency,
        source_category=line.source_category,
        account=line.account,
    )
