"""The SQL of upkeep. Only the database's clock decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.rules import Status
from expenseflow.report_jobs.upkeep.models import Alert, UpkeepRun
from expenseflow.report_jobs.upkeep.rules import LastHour

NOW = func.clock_timestamp()
_UNFINISHED_FOR = timedelta(minutes=5)
"""What died, or failed, is begun again after so long."""


@dataclass(frozen=True, slots=True)
class Month:
    """A person's month."""

    user_id: UUID
    period: str


async def now(session: AsyncSession) -> datetime:
    """The database's time."""
    return (await session.execute(select(NOW))).scalar_one()


# -- what runs when -----------------------------------------------------------------------


async def is_due(session: AsyncSession, name: str, due: datetime) -> bool:
    """Whether it was not begun since `due`, or did not come to its end."""
    begun = select(UpkeepRun.name).where(UpkeepRun.name == name, ~_is_over(due))
    return await session.scalar(begun) is None


async def begin(session: AsyncSession, name: str, due: datetime) -> bool:
    """Note that it begins, if it is due."""
    statement = (
        insert(UpkeepRun)
        .values(name=name, started_at=NOW)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"started_at": NOW, "finished_at": None},
            where=_is_over(due),
        )
        .returning(UpkeepRun.name)
    )
    return await session.scalar(statement) is not None


async def finish(session: AsyncSession, name: str) -> None:
    """Note that it came to its end."""
    await session.execute(update(UpkeepRun).where(UpkeepRun.name == name).values(finished_at=NOW))


def _is_over(due: datetime) -> Any:
    died = UpkeepRun.finished_at.is_(None) & (UpkeepRun.started_at < NOW - _UNFINISHED_FOR)
    return or_(UpkeepRun.started_at < due, died)


# -- alerts -------------------------------------------------------------------------------


async def last_hour(session: AsyncSession) -> LastHour:
    """Jobs that ended by themselves: completed or failed, not those that were cancelled."""
    ended = (int(Status.Completed), int(Status.Failed))
    row = await session.execute(
        select(func.count(), func.count().filter(ReportJob.status == int(Status.Failed))).where(
            ReportJob.completed_at > func.now() - timedelta(hours=1), ReportJob.status.in_(ended)
        )
    )
    finished, failed = row.one()
    return LastHour(finished, failed)


async def alert(session: AsyncSession, name: str) -> Alert | None:
    """The alert as it is; None before anybody has looked whether it is to be raised."""
    return await session.scalar(select(Alert).where(Alert.name == name))


async def is_firing(session: AsyncSession, name: str) -> bool:
    """Whether the alert is raised; nobody else changes it until the transaction ends."""
    none_yet: dict[str, Any] = {
        "name": name, "firing": False, "since": NOW, "facts": {}, "message_id": new_id(),
        "told_at": NOW, "try_again_at": NOW,
    }  # fmt: skip
    await session.execute(insert(Alert).values(none_yet).on_conflict_do_nothing())
    found = select(Alert.firing).where(Alert.name == name).with_for_update()
    return bool(await session.scalar(found))


async def change_alert(
    session: AsyncSession,
    name: str,
    *,
    firing: bool,
    facts: Mapping[str, Any],
    message_id: UUID,
    is_told: bool,
) -> None:
    """Raise or lower the alert; with `is_told` nobody waits to hear of it."""
    values = {
        "firing": firing, "since": NOW, "facts": dict(facts), "message_id": message_id,
        "told_at": NOW if is_told else None, "try_again_at": NOW, "tries": 0,
    }  # fmt: skip
    await session.execute(update(Alert).where(Alert.name == name).values(values))


async def take_untold(session: AsyncSession, name: str, *, leave: timedelta) -> Alert | None:
    """The alert, if somebody is to be told of it now; nobody else gets it for a while."""
    return await session.scalar(
        update(Alert)
        .where(Alert.name == name, Alert.told_at.is_(None), Alert.try_again_at <= NOW)
        .values(try_again_at=NOW + leave)
        .returning(Alert)
        .execution_options(populate_existing=True, synchronize_session=False)
    )


async def told(session: AsyncSession, message_id: UUID) -> None:
    """This message has arrived."""
    await session.execute(update(Alert).where(Alert.message_id == message_id).values(told_at=NOW))


async def try_again_in(session: AsyncSession, message_id: UUID, wait: timedelta) -> None:
    """This message was not taken."""
    await session.execute(
        update(Alert)
        .where(Alert.message_id == message_id)
        .values(tries=Alert.tries + 1, try_again_at=NOW + wait)
    )


# -- warming ------------------------------------------------------------------------------

_FRESH_MONTHS = """
SELECT s.user_id, p.period FROM statements s
JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
CROSS JOIN LATERAL jsonb_array_elements_text(s.periods) AS p(period)
WHERE s.created_at > clock_timestamp() - make_interval(days => :days)
GROUP BY s.user_id, p.period ORDER BY max(s.created_at) DESC
"""

_FRESH_CHARGES = """
SELECT t.id, t.merchant_key, t.description, t.amount, t.currency, t.posted_on,
       t.source_category, t.account
FROM transactions t
WHERE t.user_id = :user_id AND t.period = :period AND NOT t.excluded AND NOT t.is_payment
  AND t.submitted_report_id IS NULL AND t.merchant_key_version = :version
  AND t.created_at > clock_timestamp() - make_interval(days => :days)
  AND NOT EXISTS (SELECT FROM report_lines l WHERE l.transaction_id = t.id)
ORDER BY t.posted_on DESC, t.id
"""


async def fresh_months(session: AsyncSession, *, days: int) -> list[Month]:
    """The months of files that came in the last days, the latest first."""
    return [Month(*row) for row in await session.execute(text(_FRESH_MONTHS), {"days": days})]


async def fresh_charges(
    session: AsyncSession, month: Month, *, version: int, days: int
) -> list[Row[Any]]:
    """What came in the last days, is to be reported and stands on no report, the latest first."""
    values = {
        "user_id": month.user_id, "period": month.period, "version": version, "days": days,
    }  # fmt: skip
    return list(await session.execute(text(_FRESH_CHARGES), values))


async def has_active_jobs(session: AsyncSession) -> bool:
    """Whether anybody waits for a report."""
    active = text("SELECT EXISTS (SELECT FROM report_generation_jobs WHERE status IN (0, 1, 5))")
    return bool((await session.execute(active)).scalar_one())
