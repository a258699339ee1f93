"""What has to be right before anything starts: the settings, the data folder, the database.

Whatever is not right is said in one line, as `CannotStart` (the machine) or `WrongSettings`.
"""

import asyncio
import ipaddress
from collections.abc import Generator
from contextlib import contextmanager

import sqlalchemy.exc
from alembic.util.exc import CommandError
from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.engine import make_url

from expenseflow.chart import service as charts
from expenseflow.infra import migrations
from expenseflow.infra.db import Database
from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    PostgresWatcher,
)
from expenseflow.infra.settings import Settings

PREFIX = "EXPENSEFLOW_"


class CannotStart(Exception):
    """Something on this machine is in the way; the text is one line that says what to do."""

    exit_code = 1


class WrongSettings(CannotStart):
    """Settings that cannot work, whatever the machine."""

    exit_code = 2


def load_settings() -> Settings:
    """The settings of this process, checked; the data folder absolute.

    Raises:
        WrongSettings: naming the variable, never its value.
    """
    settings = read_settings()
    check(settings)
    return settings


def read_settings() -> Settings:
    """The settings as they are set, each for itself valid; they need not work together."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise WrongSettings(_words(error)) from None
    except (SettingsError, UnicodeDecodeError, OSError) as error:
        raise WrongSettings(f"The settings cannot be read ({type(error).__name__})") from None
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def check(settings: Settings) -> None:
    """Refuse what is not built or not safe.

    Raises:
        WrongSettings: in one line.
    """
    if settings.auth_mode == "oidc":
        raise WrongSettings(
            "Sign-in by OpenID Connect is not built yet; leave EXPENSEFLOW_AUTH_MODE at local"
        )
    if not is_loopback(settings.host):
        raise WrongSettings(
            f"Local sign-in listens on this machine only, not on {settings.host}; "
            "leave EXPENSEFLOW_HOST at 127.0.0.1"
        )
    if settings.database_url is not None and not _is_postgres(settings.database_url):
        raise WrongSettings(
            "EXPENSEFLOW_DATABASE_URL is not the address of a PostgreSQL database, "
            "such as postgresql://user:password@host:5432/name"
        )


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


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
            if not migrate:
                raise CannotStart(_behind(found))
            migrations.upgrade(dsn)
        asyncio.run(_fill_chart(dsn))
    except sqlalchemy.exc.DBAPIError as error:
        raise CannotStart(no_database(dsn, error)) from error
    except CommandError as error:
        raise CannotStart(
            f"The database was made by another version of ExpenseFlow ({error})"
        ) from error
    return dsn


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


def _is_postgres(dsn: str) -> bool:
    try:
        return make_url(dsn).drivername.partition("+")[0] in ("postgresql", "postgres")
    except (sqlalchemy.exc.ArgumentError, ValueError):
        return False


def _words(error: ValidationError) -> str:
    wrong = [
        f"{PREFIX}{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)
    ]
    return "; ".join(wrong)
