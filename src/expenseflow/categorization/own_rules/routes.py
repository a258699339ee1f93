"""`/api/rules`: what a person saves. What rules do to lines is in `reports.rule_routes`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from expenseflow.categorization.own_rules import rules, service
from expenseflow.categorization.own_rules.schemas import (
    OrderIn,
    RuleChangeIn,
    RuleIn,
    RuleOut,
    content_of,
    rule_out,
)
from expenseflow.identity.deps import CurrentUserDep
from expenseflow.kit.paging import PageRequest
from expenseflow.web.deps import ClockDep, SessionDep
from expenseflow.web.paging import PageNumber
from expenseflow.web.wire import PageOf, page_of

router = APIRouter(prefix="/api/rules", tags=["rules"])


async def _rules_page(
    page: PageNumber = 1,
    page_size: Annotated[int, Query(ge=1, le=rules.MOST, alias="pageSize")] = rules.MOST,
) -> PageRequest:
    """Rules are wanted all together, to see their order."""
    return PageRequest(page=page, page_size=page_size)


RulesPageDep = Annotated[PageRequest, Depends(_rules_page)]


@router.get("")
async def list_rules(
    session: SessionDep, user: CurrentUserDep, paging: RulesPageDep
) -> PageOf[RuleOut]:
    """Your rules in the order in which they are asked."""
    return page_of(await service.page_of_rules(session, user.id, paging), rule_out)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_rule(
    session: SessionDep, user: CurrentUserDep, clock: ClockDep, body: RuleIn
) -> RuleOut:
    """Save a rule, asked before all others. No line changes."""
    return rule_out(await service.add_rule(session, user.id, content_of(body), now=clock.now()))


@router.put("/order")
async def order_rules(session: SessionDep, user: CurrentUserDep, body: OrderIn) -> PageOf[RuleOut]:
    """Ask the rules in this order from now on."""
    return page_of(await service.put_in_order(session, user.id, body.ids), rule_out)


@router.get("/{rule_id:uuid}")
async def get_rule(session: SessionDep, user: CurrentUserDep, rule_id: UUID) -> RuleOut:
    """One rule."""
    return rule_out(await service.get_rule(session, user.id, rule_id))


@router.put("/{rule_id:uuid}")
async def change_rule(
    session: SessionDep, user: CurrentUserDep, clock: ClockDep, rule_id: UUID, body: RuleChangeIn
) -> RuleOut:
    """Say something else at the same place in the order. No line changes."""
    changed = await service.change_rule(
        session, user.id, rule_id, content_of(body), version=body.version, now=clock.now()
    )
    return rule_out(changed)


@router.delete("/{rule_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_rule(session: SessionDep, user: CurrentUserDep, rule_id: UUID) -> None:
    """Forget the rule; the lines it settled stay as they are."""
    await service.remove_rule(session, user.id, rule_id)
