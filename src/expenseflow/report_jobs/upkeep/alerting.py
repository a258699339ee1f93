"""Says when too many jobs fail, and when no longer: in the log, in a table, to a webhook.

The table is what the metric shows, and what makes sure that each change is told once, however
often a worker or the receiver is away meanwhile.
"""

from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.db import Database
from expenseflow.infra.webhooks import NotTaken, Webhook
from expenseflow.kit.clock import Clock
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.upkeep import repository, rules
from expenseflow.report_jobs.upkeep.models import Alert
from expenseflow.report_jobs.upkeep.rules import LastHour

_log = structlog.get_logger(__name__)

FAILURE_RATE: Final = "failure_rate"


async def watch_failures(database: Database, clock: Clock, webhook: Webhook | None) -> None:
    """Raise or lower the alert as the last hour says, and tell who has not been told."""
    async with database.transaction() as session:
        await _judge(session, has_receiver=webhook is not None)
    if webhook is not None:
        await _tell(database, clock, webhook)


async def _judge(session: AsyncSession, *, has_receiver: bool) -> None:
    hour = await repository.last_hour(session)
    already = await repository.is_firing(session, FAILURE_RATE)
    is_failing = hour.is_failing(already=already)
    if is_failing == already:
        return
    await repository.change_alert(
        session,
        FAILURE_RATE,
        firing=is_failing,
        facts=_facts(hour),
        message_id=new_id(),
        is_told=not has_receiver,
    )
    if is_failing:
        _log.error("report_jobs.failing", finished=hour.finished, failed=hour.failed)
    else:
        _log.warning("report_jobs.failing_no_more", finished=hour.finished, failed=hour.failed)


def _facts(hour: LastHour) -> dict[str, Any]:
    return {
        "finished": hour.finished,
        "failed": hour.failed,
        "share": round(hour.share, 4),
        "threshold": rules.FAILING_SHARE,
        "windowSeconds": 3600,
    }


async def _tell(database: Database, clock: Clock, webhook: Webhook) -> None:
    async with database.transaction() as session:
        alert = await repository.take_untold(session, FAILURE_RATE, leave=rules.FIRST_WAIT)
    if alert is None:
        return
    try:
        await webhook.post(alert.message_id, _message(alert), now=clock.now())
    except NotTaken as error:
        _log.warning("alert.not_told", alert=alert.name, why=str(error), tries=alert.tries + 1)
        async with database.transaction() as session:
            wait = rules.wait_after(alert.tries)
            await repository.try_again_in(session, alert.message_id, wait)
    else:
        async with database.transaction() as session:
            await repository.told(session, alert.message_id)


def _message(alert: Alert) -> dict[str, Any]:
    state = "firing" if alert.firing else "resolved"
    since = alert.since.isoformat().replace("+00:00", "Z")
    return {"type": f"report_jobs.failure_rate.{state}", "timestamp": since, "data": alert.facts}
