"""How a migration runs: one at a time, and never holding up a busy site.

An advisory lock keeps two deployments from migrating at once; `lock_timeout` gives up rather
than queue behind a long query with everybody else behind us (`indexes` need not: nobody queues
behind those); `statement_timeout` bounds the rest.
Each migration is a transaction, so that a lock is held no longer than its own needs.
"""

import importlib
import itertools
import time

import structlog
from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from expenseflow.infra.db import Model, sqlalchemy_url

LOCK_KEY = 5_219_873_401
_PAUSE_SECONDS = 0.2
_TRIES_A_MINUTE = 300
_HOLDER = text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND classid::bigint << 32 | objid::bigint = :key AND database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Which backend of PostgreSQL holds the lock."""
_STANDS_AT = """DO $$
BEGIN
    IF (SELECT version_num FROM alembic_version) IS DISTINCT FROM '{revision}' THEN
        RAISE EXCEPTION 'This database does not stand at revision {revision}';
    END IF;
END $$"""
_TAKES_ITS_TURN = """DO $$
BEGIN
    IF NOT {lock}({key}) THEN
        RAISE EXCEPTION 'another migration is running; run this again when it has ended';
    END IF;
END $$"""
SLICES = (
    "identity", "chart", "statements", "pacing", "categorization", "categorization.own_rules",
    "categorization.similar", "reports", "report_jobs", "report_jobs.upkeep",
)  # fmt: skip

_log = structlog.get_logger("expenseflow.migrations")

for slice_name in SLICES:
    importlib.import_module(f"expenseflow.{slice_name}.models")


def _ours(
    _object: object, name: str | None, _type: str, _reflected: object, _compare_to: object
) -> bool:
    return not (name or "").startswith("procrastinate_")


def _migrate(connection: Connection) -> None:
    options = context.config.attributes
    _take_turns(connection)
    connection.execute(text(f"SET lock_timeout = '{options.get('lock_timeout', '5s')}'"))
    connection.execute(
        text(f"SET statement_timeout = '{options.get('statement_timeout', '15min')}'")
    )
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        include_object=_ours,
        compare_server_default=False,
        transaction_per_migration=True,
    )
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK_KEY})
        connection.commit()


def _take_turns(connection: Connection) -> None:
    """Wait for another migration, without a statement of ours that it would have to wait for.

    An index that is built beside everybody's work waits for all statements that have begun. We
    wait for as long as the other one takes; a process that dies lets go of its lock.
    """
    for tries in itertools.count():
        if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}):
            return
        if tries % _TRIES_A_MINUTE == 0:
            _say_who_is_waited_for(connection)
        connection.commit()
        time.sleep(_PAUSE_SECONDS)


def _say_who_is_waited_for(connection: Connection) -> None:
    pid = connection.scalar(_HOLDER, {"key": LOCK_KEY})
    _log.warning("migration.waits", why="another process is migrating this database", backend=pid)


def _run_online() -> None:
    engine = create_engine(
        sqlalchemy_url(context.config.attributes["dsn"]),
        poolclass=pool.NullPool,
        connect_args={"connect_timeout": 5, "application_name": "expenseflow migrate"},
    )
    with engine.connect() as connection:
        _migrate(connection)


def _print_sql() -> None:
    since = context.get_starting_revision_argument()
    if isinstance(since, str):
        _print_since(since)
    else:
        _print_whole()


def _print_whole() -> None:
    """For an empty database: one transaction, so all of it or nothing."""
    context.configure(dialect_name="postgresql", target_metadata=Model.metadata, literal_binds=True)
    with context.begin_transaction():
        context.execute(_TAKES_ITS_TURN.format(lock="pg_try_advisory_xact_lock", key=LOCK_KEY))
        context.execute("SET LOCAL lock_timeout = '5s'")
        context.run_migrations()


def _print_since(since: str) -> None:
    """For one in use: what `expenseflow migrate` would do, a transaction for each migration.

    The lock is the session's, so it is held until psql has ended. It is not waited for: a
    statement that waits has a snapshot, for which an index that is built beside everybody waits.
    """
    context.configure(
        dialect_name="postgresql",
        target_metadata=Model.metadata,
        literal_binds=True,
        transaction_per_migration=True,
    )
    context.execute(_TAKES_ITS_TURN.format(lock="pg_try_advisory_lock", key=LOCK_KEY))
    context.execute("SET lock_timeout = '5s'")
    context.execute("SET statement_timeout = '15min'")
    context.execute(_STANDS_AT.format(revision=since))
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    _print_sql()
else:
    _run_online()
