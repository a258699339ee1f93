"""A person's rule is applied to the drafts there are, and made from a line in one step."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import memory, merchants
from expenseflow.categorization.outcomes import Suggestion
from expenseflow.categorization.own_rules import matching
from expenseflow.categorization.own_rules import rules as own
from expenseflow.categorization.own_rules import service as own_rules
from expenseflow.categorization.own_rules.errors import RuleDoesNotApply, RuleNotFound
from expenseflow.categorization.own_rules.rules import Content
from expenseflow.categorization.own_rules.service import RuleView
from expenseflow.chart import service as charts
from expenseflow.reports import (
    errors,
    line_queries,
    locking,
    repository,
    rule_queries,
    rule_testing,
    rules,
    upsert,
)
from expenseflow.reports.rule_queries import Candidate, Decided, Scope, Written
from expenseflow.reports.rule_testing import Court, Judged, Verdict
from expenseflow.reports.rules import Status
from expenseflow.reports.views import LineView


async def apply_rule(
    session: AsyncSession, user_id: UUID, rule_id: UUID, *, scope: Scope, now: datetime
) -> Counter[Verdict]:
    """Change the draft lines that a test of the rule names, and no others; what became of all.

    A line keeps what the rule does not speak of: its vendor, text and department. The lines are
    judged before their months are held, since that may take seconds; of those that changed
    meanwhile it is done again.

    Raises:
        RuleNotFound, ReportNotFound, ReportIsSubmitted.
        RuleDoesNotApply: it is switched off, or a code it sets is out of use.
    """
    earlier = await _sitting(session, user_id, rule_id, scope)
    held = await _hold(session, user_id, scope)
    sitting = await _sitting(session, user_id, rule_id, scope, earlier=earlier)
    court = sitting.court
    judged = [
        found
        for line, found in sitting.judged.items()
        # A draft that came meanwhile was made by this rule already, and its month is not held.
        if found is not None and (line.status == Status.SUBMITTED or line.period in held)
    ]
    await _write(session, user_id, court, judged, now=now)
    return Counter(found.verdict for found in judged)


async def always_like_this(
    session: AsyncSession,
    user_id: UUID,
    report_id: UUID,
    line_id: UUID,
    *,
    apply: bool,
    now: datetime,
) -> tuple[RuleView, bool, int]:
    """From this line's codes a rule for its merchant: the rule, whether it is new, lines changed.

    Raises:
        LineHasNoAccount, ReportNotFound, LineNotFound.
        ReportIsSubmitted: it is to be applied to a report that can only be read.
        RuleAccountNotInUse, RuleDepartmentNotInUse, TooManyRules.
    """
    report = await locking.hold(session, user_id, report_id)
    line = await line_queries.view(session, user_id, report_id, line_id=line_id)
    if line is None:
        raise errors.LineNotFound
    if apply:
        rules.must_be_draft(report.status)
    content = _content_from(line)
    view, is_new = await own_rules.always(session, user_id, content, now=now)
    if not apply:
        return view, is_new, 0
    scope = Scope(report_id=report_id)
    done = await apply_rule(session, user_id, view.rule.id, scope=scope, now=now)
    return view, is_new, done[Verdict.WOULD_CHANGE]


def _content_from(line: LineView) -> Content:
    if line.gl_code is None:
        raise errors.LineHasNoAccount
    return Content(
        merchant_contains=merchants.merchant_key(line.original_description),
        gl_code=line.gl_code,
        department_code=line.department_code,
        vendor=line.vendor,
    )


@dataclass(frozen=True, slots=True)
class _Sitting:
    """Every line that was looked at, with what the rule makes of it."""

    court: Court
    judged: Mapping[Candidate, Judged | None]


async def _sitting(
    session: AsyncSession,
    user_id: UUID,
    rule_id: UUID,
    scope: Scope,
    *,
    earlier: _Sitting | None = None,
) -> _Sitting:
    """What the rule makes of the lines as they are now; `earlier` spares what did not change."""
    court = await _court(session, user_id, rule_id)
    lines = await rule_queries.candidates(session, user_id, scope)
    known: Mapping[Candidate, Judged | None] = {}
    if earlier is not None and earlier.court == court:
        known = earlier.judged
    new = [line for line in lines if line not in known]
    judged = await rule_testing.judge_apart(new, court) if new else {}
    found = {line: known[line] if line in known else judged[line] for line in lines}
    return _Sitting(court, found)


async def _hold(session: AsyncSession, user_id: UUID, scope: Scope) -> set[str]:
    """Hold the months that may change, the earliest first, so that two of these cannot deadlock."""
    if scope.report_id is not None:
        report = await locking.hold(session, user_id, scope.report_id)
        rules.must_be_draft(report.status)
        return {report.period}
    if scope.period is not None:
        periods = [scope.period]
    else:
        periods = await rule_queries.draft_periods(session, user_id)
    for period in periods:
        await locking.hold_period(session, user_id, period)
    return set(periods)


async def _court(session: AsyncSession, user_id: UUID, rule_id: UUID) -> Court:
    every = await own_rules.every(session, user_id)
    place = next((at for at, rule in enumerate(every) if rule.id == rule_id), None)
    if place is None:
        raise RuleNotFound
    rule = every[place]
    chart = await charts.load_chart(session)
    problem = own.problem(
        rule.content, accounts=chart.account_codes, departments=chart.department_codes
    )
    if problem or not rule.content.active:
        raise RuleDoesNotApply(problem or "The rule is switched off")
    usual = await memory.usual_departments(session, user_id, chart=chart)
    return Court(rule, chart, usual, every[:place])


async def _write(
    session: AsyncSession,
    user_id: UUID,
    court: Court,
    judged: Sequence[Judged],
    *,
    now: datetime,
) -> None:
    rule, content = court.rule, court.rule.content
    to_change = [found for found in judged if found.verdict is Verdict.WOULD_CHANGE]
    already = [found.line.line_id for found in judged if found.verdict is Verdict.ALREADY_SO]
    explanation = matching.explanation(rule)
    decided = Decided(rule.id, rule.version, content.gl_code, own.CONFIDENCE, explanation)
    await rule_queries.stand_behind(session, user_id, decided, already)
    written = await asyncio.to_thread(_written, to_change, content)
    for report_id in sorted(await rule_queries.write(session, user_id, decided, written, now=now)):
        await repository.raise_version(session, report_id)


def _written(to_change: Sequence[Judged], content: Content) -> list[Written]:
    return [
        Written(
            line_id=found.line.line_id,
            department_code=found.department_code,
            vendor=content.vendor or found.line.vendor or _merchant_of(found),
            description=content.description or found.line.description,
            review_reason=found.review_reason,
            suggestions=[_suggestion(found)],
        )
        for found in to_change
    ]


def _merchant_of(found: Judged) -> str:
    return merchants.readable_vendor(merchants.merchant_key(found.line.original_description))


def _suggestion(found: Judged) -> dict[str, Any]:
    suggestion = Suggestion(found.gl_code, found.department_code, own.CONFIDENCE)
    return upsert.suggestion_json(suggestion)
