"""The database: ready before anything else starts, or `CannotStart` in one line."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy.exc
import structlog
from alembic.util.exc import CommandError
from sqlalchemy.engine import make_url

from expenseflow.app.refusals import CannotStart
from expenseflow.chart import service as charts
from expenseflow.infra import migrations
from expenseflow.infra.db import Database
from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    PostgresWatcher,
)
from expenseflow.infra.settings import Settings

_log = structlog.get_logger(__name__)


@contextmanager
def open_database(settings: Settings, *, migrate: bool = False) -> Generator[str]:
    """The address of a database that is ready for this version, for as long as the block runs.

    The embedded server is started, watched, migrated, and stopped by the last one out. A
    database of your own is only migrated when asked to.

    Raises:
        CannotStart: in one line.
    """
    if settings.database_url is not None:
        yield _ready(settings.database_url, migrate=migrate)
        return
    postgres = embedded(settings)
    try:
        dsn = postgres.start()
    except EmbeddedPostgresError as error:
        raise CannotStart(str(error)) from error
    try:
        with PostgresWatcher(postgres):
            yield _ready(dsn, migrate=True)
    finally:
        postgres.stop()


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of this data folder, not started."""
    return EmbeddedPostgres(settings.data_dir, bin_dir=settings.postgres_bin_dir)


def where(dsn: str) -> str:
    """A database's address without its password."""
    url = make_url(dsn)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def _ready(dsn: str, *, migrate: bool) -> str:
    try:
        found = migrations.current(dsn)
        if found != migrations.head():
            _upgrade(dsn, found, migrate=migrate)
        asyncio.run(_fill_chart(dsn))
    except sqlalchemy.exc.DBAPIError as error:
        raise CannotStart(no_database(dsn, error)) from error
    except CommandError as error:
        raise CannotStart(
            f"The database was made by another version of ExpenseFlow ({error})"
        ) from error
    return dsn


def _upgrade(dsn: str, found: str | None, *, migrate: bool) -> None:
    """Migrate if we are asked to.

    Else a schema of the next release will do (a process may start anew in the middle of a rolling
    upgrade), and an older one will not.
    """
    if migrate:
        migrations.upgrade(dsn)
    elif found is not None and not migrations.is_known(found):
        _log.warning("database.of_a_later_release", schema=found, ours=migrations.head())
    else:
        raise CannotStart(_behind(found))


def no_database(dsn: str, error: sqlalchemy.exc.DBAPIError) -> str:
    """Why the database cannot be used, in one line."""
    reason = (str(error.orig).splitlines() or [type(error.orig).__name__])[0].rstrip(" .:")
    return f"The database {where(dsn)} cannot be used ({reason}); see that it runs and lets us in"


def _behind(found: str | None) -> str:
    state = "has no tables yet" if found is None else f"is at {found}, not {migrations.head()}"
    return f"The database {state}; run expenseflow migrate"


async def _fill_chart(dsn: str) -> None:
    database = Database(dsn, pool_size=1)
    try:
        async with database.transaction() as session:
            await charts.ensure_starter_chart(session)
    finally:
        await database.close()
