"""What a person's rules do to lines: trying one, applying one, making one from a line."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from expenseflow.categorization.own_rules.schemas import content_of
from expenseflow.identity.deps import CurrentUserDep
from expenseflow.infra.db import take_time
from expenseflow.reports import rule_applying, rule_schemas, rule_testing
from expenseflow.reports.rule_schemas import (
    AlwaysIn,
    AlwaysOut,
    RuleAppliedOut,
    RuleApplyIn,
    RuleTestIn,
    RuleTestOut,
)
from expenseflow.web.deps import ClockDep, SessionDep
from expenseflow.web.paging import PageDep

router = APIRouter(prefix="/api", tags=["rules"])


@router.post("/rules/test")
async def test_rule(
    session: SessionDep, user: CurrentUserDep, clock: ClockDep, paging: PageDep, body: RuleTestIn
) -> RuleTestOut:
    """Which lines of your reports a rule would change, before it is saved. Changes nothing."""
    await take_time(session)
    judged = await rule_testing.test_rule(
        session,
        user.id,
        content_of(body.rule),
        replaces=body.id,
        period=body.period,
        now=clock.now(),
    )
    return rule_schemas.tested_out(judged, paging)


@router.post("/rules/{rule_id}/apply")
async def apply_rule(
    session: SessionDep,
    user: CurrentUserDep,
    clock: ClockDep,
    rule_id: UUID,
    body: RuleApplyIn | None = None,
) -> RuleAppliedOut:
    """Change the lines of drafts that the rule speaks of; never one you edited or accepted."""
    await take_time(session)
    counts = await rule_applying.apply_rule(
        session, user.id, rule_id, scope=rule_schemas.scope_of(body), now=clock.now()
    )
    return rule_schemas.applied_out(counts)


@router.post(
    "/reports/{report_id}/lines/{line_id}/rule",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": AlwaysOut}},
)
async def always_like_this(
    *,
    session: SessionDep,
    user: CurrentUserDep,
    clock: ClockDep,
    response: Response,
    report_id: UUID,
    line_id: UUID,
    body: AlwaysIn | None = None,
) -> AlwaysOut:
    """File this line's merchant like this from now on: 201 a new rule, 200 one that was there."""
    await take_time(session)
    view, is_new, changed = await rule_applying.always_like_this(
        session,
        user.id,
        report_id,
        line_id,
        apply=body is not None and body.apply,
        now=clock.now(),
    )
    if not is_new:
        response.status_code = status.HTTP_200_OK
    return rule_schemas.always_out(view, changed)
