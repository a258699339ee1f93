"""The SQL of pacing: one row a provider, locked by whoever changes it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# The time is read from outside: in the same SELECT it would be that before the wait for the lock
# when whoever had it was broken off, and calls would leave the windows too soon.
_LOCK = text(
    "WITH locked AS MATERIALIZED"
    " (SELECT state FROM provider_states WHERE id = :id FOR UPDATE)"
    " SELECT state, CAST(extract(epoch FROM clock_timestamp()) AS float8) AS now FROM locked"
)
_LOOK = text(
    "SELECT state, CAST(extract(epoch FROM clock_timestamp()) AS float8) AS now"
    " FROM provider_states WHERE id = :id"
)
_NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS float8)")
_ADD = text(
    "INSERT INTO provider_states (id, state, changed_at)"
    " VALUES (:id, :state, clock_timestamp()) ON CONFLICT (id) DO NOTHING"
)
_SAVE = text(
    "UPDATE provider_states SET state = :state, changed_at = clock_timestamp() WHERE id = :id"
)


async def lock(session: AsyncSession, provider: str) -> tuple[str, float] | None:
    """The state as JSON and the database's time (epoch seconds); nobody else has it now."""
    row = (await session.execute(_LOCK, {"id": provider})).one_or_none()
    return None if row is None else (row.state, row.now)


async def look(session: AsyncSession, provider: str) -> tuple[str, float] | None:
    """The same, only to read."""
    row = (await session.execute(_LOOK, {"id": provider})).one_or_none()
    return None if row is None else (row.state, row.now)


async def now(session: AsyncSession) -> float:
    """The database's time, epoch seconds."""
    return (await session.execute(_NOW)).scalar_one()


async def add(session: AsyncSession, provider: str, state: str) -> None:
    """Begin with this state, unless somebody else did."""
    await session.execute(_ADD, {"id": provider, "state": state})


async def save(session: AsyncSession, provider: str, state: str) -> None:
    """Replace the state; the row is locked by this transaction."""
    await session.execute(_SAVE, {"id": provider, "state": state})
