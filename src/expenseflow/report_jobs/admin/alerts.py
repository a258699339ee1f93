"""What is being warned of, and whether anybody hears it."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.infra.webhooks import NotTaken, Webhook
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.errors import NoWebhook
from expenseflow.report_jobs.upkeep import alerting, repository
from expenseflow.report_jobs.upkeep.models import Alert
from expenseflow.report_jobs.upkeep.rules import LastHour

_log = structlog.get_logger(__name__)

TEST = "report_jobs.test"


@dataclass(frozen=True, slots=True)
class Warnings:
    """The last hour, and what the workers made of it; None before they first looked."""

    last_hour: LastHour
    alert: Alert | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether the receiver took a message, and what it did instead."""

    delivered: bool
    reason: str | None = None


async def look(session: AsyncSession) -> Warnings:
    """As it is now."""
    alert = await repository.alert(session, alerting.FAILURE_RATE)
    return Warnings(await repository.last_hour(session), alert)


async def send_test(webhook: Webhook | None, *, now: datetime) -> Delivery:
    """Send a message that says that it is a test; needs no database.

    Raises:
        NoWebhook: nobody is to be told.
    """
    if webhook is None:
        raise NoWebhook
    at = now.isoformat().replace("+00:00", "Z")
    try:
        await webhook.post(new_id(), {"type": TEST, "timestamp": at, "data": {}}, now=now)
    except NotTaken as error:
        _log.warning("alert.test_not_taken", why=str(error))
        return Delivery(delivered=False, reason=str(error))
    return Delivery(delivered=True)
