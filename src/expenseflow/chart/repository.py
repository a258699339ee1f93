"""Every SQL statement about the chart."""

from collections.abc import Sequence

from sqlalchemy import Text, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart.models import Account, Department
from expenseflow.chart.rules import ChartEntry
from expenseflow.kit.paging import Page, PageRequest

Table = type[Account] | type[Department]


async def entries(session: AsyncSession, table: Table) -> tuple[ChartEntry, ...]:
    """All of them, also the inactive, by code."""
    return await _read(session, table, limit=None, offset=0)


async def page_of(session: AsyncSession, table: Table, wanted: PageRequest) -> Page[ChartEntry]:
    total = await session.scalar(select(func.count()).select_from(table))
    items = await _read(session, table, limit=wanted.page_size, offset=wanted.offset)
    return Page(items, total or 0, wanted.page, wanted.page_size)


async def version(session: AsyncSession, table: Table) -> str:
    """What names the whole list as it is: equal lists, and no others, have an equal one."""
    row = func.jsonb_build_array(table.code, table.name, table.description, table.active)
    whole = func.string_agg(cast(row, Text), aggregate_order_by(literal("\n"), table.code))
    digest = func.sha256(func.convert_to(func.coalesce(whole, ""), "UTF8"))
    return (await session.execute(select(func.encode(digest, "hex")))).scalar_one()


async def is_empty(session: AsyncSession, table: Table) -> bool:
    return await session.scalar(select(table.code).limit(1)) is None


async def add_missing(session: AsyncSession, table: Table, wanted: Sequence[ChartEntry]) -> None:
    """Add the entries whose code is not there yet."""
    await session.execute(upsert(table).on_conflict_do_nothing(), _rows(wanted))


async def replace(session: AsyncSession, table: Table, wanted: Sequence[ChartEntry]) -> None:
    """Make the table say what the entries say; a code that is not among them turns inactive.

    A code is never deleted: lines of old reports carry it.
    """
    codes = [entry.code for entry in wanted]
    await session.execute(update(table).where(table.code.not_in(codes)).values(active=False))
    row = upsert(table)
    new = {name: row.excluded[name] for name in ("name", "description", "active")}
    changed = row.on_conflict_do_update(index_elements=[table.code], set_=new)
    await session.execute(changed, _rows(wanted))


async def _read(
    session: AsyncSession, table: Table, *, limit: int | None, offset: int
) -> tuple[ChartEntry, ...]:
    query = select(table.code, table.name, table.description, table.active)
    rows = await session.execute(query.order_by(table.code).limit(limit).offset(offset))
    return tuple(ChartEntry(*row) for row in rows)


def _rows(wanted: Sequence[ChartEntry]) -> list[dict[str, object]]:
    return [
        {
            "code": entry.code,
            "name": entry.name,
            "description": entry.description,
            "active": entry.active,
        }
        for entry in wanted
    ]
