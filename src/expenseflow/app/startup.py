"""The database: ready before anything else starts, or `CannotStart` in one line."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc
import structlog
from alembic.util.exc import CommandError
from sqlalchemy.engine import make_url

from expenseflow.app.refusals import CannotStart, WrongSettings
from expenseflow.chart import service as charts
from expenseflow.infra import migrations, ways
from expenseflow.infra.db import Address, Database
from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    PostgresWatcher,
)
from expenseflow.infra.settings import Settings
from expenseflow.infra.ways import Way

_log = structlog.get_logger(__name__)


@contextmanager
def open_database(settings: Settings, *, migrate: bool = False) -> Generator[Address]:
    """The address of a database that is ready for this version, for as long as the block runs.

    The embedded server is started, watched, migrated, and stopped by the last one out. A
    database of your own is only migrated when asked to.

    Raises:
        CannotStart: in one line.
    """
    if settings.database_url is not None:
        where = _address(settings.database_url, settings.database_listen_url)
        yield _ready(where, migrate=migrate)
        return
    postgres = embedded(settings)
    try:
        dsn = postgres.start()
    except EmbeddedPostgresError as error:
        raise CannotStart(str(error)) from error
    try:
        with PostgresWatcher(postgres):
            yield _ready(Address.of(dsn), migrate=True)
    finally:
        postgres.stop()


def embedded(settings: Settings) -> EmbeddedPostgres:
    """The embedded server of this data folder, not started."""
    return EmbeddedPostgres(settings.data_dir, bin_dir=settings.postgres_bin_dir)


def shown(dsn: str) -> str:
    """A database's address without its password."""
    url = make_url(dsn)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def _address(dsn: str, listen_dsn: str | None) -> Address:
    """Where the database is reached, once it is known what stands before it."""
    before = _way(dsn)
    if listen_dsn is None:
        if before is Way.SHARED:
            raise WrongSettings(
                "EXPENSEFLOW_DATABASE_URL leads through a pooler in transaction mode (pgbouncer); "
                "set EXPENSEFLOW_DATABASE_LISTEN_URL to the address of PostgreSQL itself"
            )
        return Address(dsn, dsn, is_pooled=before is not Way.DIRECT)
    if _way(listen_dsn) is Way.SHARED:
        raise WrongSettings(
            "EXPENSEFLOW_DATABASE_LISTEN_URL leads through a pooler in transaction mode too "
            "(pgbouncer); set it to the address of PostgreSQL itself"
        )
    if not _lead_to_one_database(dsn, listen_dsn):
        raise WrongSettings(
            "EXPENSEFLOW_DATABASE_LISTEN_URL leads to another database than "
            "EXPENSEFLOW_DATABASE_URL; set it to the address of PostgreSQL itself"
        )
    return Address(dsn, listen_dsn, is_pooled=before is not Way.DIRECT)


def _way(dsn: str) -> Way:
    try:
        return ways.find(dsn)
    except psycopg.Error as error:
        raise CannotStart(no_database(dsn, error)) from error


def _lead_to_one_database(dsn: str, listen_dsn: str) -> bool:
    try:
        return ways.lead_to_one_database(dsn, listen_dsn)
    except psycopg.Error as error:
        raise CannotStart(no_database(listen_dsn, error)) from error


def _ready(where: Address, *, migrate: bool) -> Address:
    # A migration needs a session of its own, and the rights of whom the first address names.
    dsn = where.session_dsn if where.is_pooled else where.dsn
    try:
        found = migrations.current(dsn)
        if found != migrations.head():
            _upgrade(dsn, found, migrate=migrate)
        asyncio.run(_fill_chart(where))
    except sqlalchemy.exc.DBAPIError as error:
        raise CannotStart(no_database(dsn, error.orig)) from error
    except CommandError as error:
        raise CannotStart(
            f"The database was made by another version of ExpenseFlow ({error})"
        ) from error
    return where


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


def no_database(dsn: str, error: BaseException | None) -> str:
    """Why the database cannot be used, in one line."""
    reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(" .:")
    return f"The database {shown(dsn)} cannot be used ({reason}); see that it runs and lets us in"


def _behind(found: str | None) -> str:
    state = "has no tables yet" if found is None else f"is at {found}, not {migrations.head()}"
    return f"The database {state}; run expenseflow migrate"


async def _fill_chart(where: Address) -> None:
    database = Database(where, pool_size=1)
    try:
        async with database.transaction() as session:
            await charts.ensure_starter_chart(session)
    finally:
        await database.close()
