"""What the rest of ExpenseFlow may ask of a person's rules. Never commits.

Saving a rule changes no line; the next job asks it, and `reports.rule_applying` when the person
says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization.own_rules import errors, matching, repository, rules
from expenseflow.categorization.own_rules.matching import RuleSet
from expenseflow.categorization.own_rules.rules import Content, Rule
from expenseflow.chart import service as charts
from expenseflow.chart.service import Chart
from expenseflow.infra.db import advisory_lock
from expenseflow.kit.paging import Page, PageRequest


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule, and in words why it does not apply although it is switched on."""

    rule: Rule
    problem: str | None


async def load(session: AsyncSession, user_id: UUID) -> RuleSet:
    """The person's rules, made ready for many charges."""
    return RuleSet(await repository.rules_of(session, user_id))


async def every(session: AsyncSession, user_id: UUID) -> list[Rule]:
    """The person's rules in their order, also those that are switched off."""
    return await repository.rules_of(session, user_id)


async def page_of_rules(
    session: AsyncSession, user_id: UUID, paging: PageRequest
) -> Page[RuleView]:
    """The person's rules in their order."""
    chart = await charts.load_chart(session)
    own = await repository.rules_of(session, user_id)
    wanted = own[paging.offset : paging.offset + paging.page_size]
    views = [_view(rule, chart) for rule in wanted]
    return Page(views, len(own), paging.page, paging.page_size)


async def get_rule(session: AsyncSession, user_id: UUID, rule_id: UUID) -> RuleView:
    """One rule of the person's own. Raises `RuleNotFound`."""
    return _view(await _found(session, user_id, rule_id), await charts.load_chart(session))


async def add_rule(
    session: AsyncSession, user_id: UUID, content: Content, *, now: datetime
) -> RuleView:
    """A new rule, asked before all others: a later rule is the more special one.

    Raises:
        RuleSaysTooLittle, RuleAccountNotInUse, RuleDepartmentNotInUse, TooManyRules.
    """
    chart = await check(session, content)
    await hold(session, user_id)
    rules.must_have_room(len(await repository.rules_of(session, user_id)))
    rule_id = await repository.add_first(session, user_id, content, now=now)
    return _view(await _found(session, user_id, rule_id), chart)


async def change_rule(
    session: AsyncSession,
    user_id: UUID,
    rule_id: UUID,
    content: Content,
    *,
    version: int | None,
    now: datetime,
) -> RuleView:
    """The rule says this instead, at its place; with a version only if it is still that one.

    Raises:
        RuleNotFound, RuleChangedMeanwhile, and as `add_rule` does.
    """
    await hold(session, user_id)
    before = await _found(session, user_id, rule_id)
    if version not in (None, before.version):
        raise errors.RuleChangedMeanwhile
    chart = await check(session, content)
    if content != before.content:
        await repository.change(session, user_id, rule_id, content, now=now)
    return _view(await _found(session, user_id, rule_id), chart)


async def remove_rule(session: AsyncSession, user_id: UUID, rule_id: UUID) -> None:
    """The rule is gone; the lines it settled stay. Raises `RuleNotFound`."""
    await hold(session, user_id)
    if not await repository.remove(session, user_id, rule_id):
        raise errors.RuleNotFound


async def put_in_order(session: AsyncSession, user_id: UUID, ids: Sequence[UUID]) -> Page[RuleView]:
    """Ask the rules in this order from now on. Raises `OrderIncomplete`."""
    await hold(session, user_id)
    present = await repository.rules_of(session, user_id)
    rules.must_name_each_once(ids, [rule.id for rule in present])
    await repository.put_in_order(session, user_id, ids)
    return await page_of_rules(session, user_id, PageRequest(1, rules.MOST))


async def always(
    session: AsyncSession, user_id: UUID, content: Content, *, now: datetime
) -> tuple[RuleView, bool]:
    """A rule on nothing but its merchant, before all others; whether it is a new one.

    One that looks for just that merchant is changed instead of doubled: the later choice counts,
    and the name and the text that the person gave it stay.
    """
    await hold(session, user_id)
    for rule in await repository.rules_of(session, user_id):
        if _is_about(rule.content, content):
            content = replace(content, name=rule.content.name, description=rule.content.description)
            await repository.move_first(session, user_id, rule.id)
            view = await change_rule(session, user_id, rule.id, content, version=None, now=now)
            return view, False
    return await add_rule(session, user_id, content, now=now), True


async def check(session: AsyncSession, content: Content) -> Chart:
    """Refuse what could not be saved; the chart it was checked against."""
    rules.must_tell_apart(content)
    chart = await charts.load_chart(session)
    rules.must_be_in_use(content, accounts=chart.account_codes, departments=chart.department_codes)
    return chart


async def hold(session: AsyncSession, user_id: UUID) -> None:
    """Hold the person's rules until the transaction ends; after the locks of months, if both."""
    await advisory_lock(session, "own_rules", user_id)


async def _found(session: AsyncSession, user_id: UUID, rule_id: UUID) -> Rule:
    for rule in await repository.rules_of(session, user_id):
        if rule.id == rule_id:
            return rule
    raise errors.RuleNotFound


def _is_about(content: Content, wanted: Content) -> bool:
    return rules.is_only_about_merchant(content) and matching.same_words(
        content.merchant_contains, wanted.merchant_contains
    )


def _view(rule: Rule, chart: Chart) -> RuleView:
    return RuleView(
        rule,
        rules.problem(
            rule.content, accounts=chart.account_codes, departments=chart.department_codes
        ),
    )
