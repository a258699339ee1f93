"""A real PostgreSQL for the tests: one migrated database per xdist worker."""

import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from expenseflow.infra import migrations
from expenseflow.infra.db import Database, libpq_url

SERVER = "EXPENSEFLOW_TEST_DATABASE_URL"
"""Set it to use a server of your own; unset, the tests start the embedded one."""


@contextmanager
def server(folder: Path) -> Generator[str]:
    """The address of a PostgreSQL server, started in `folder` unless one is configured."""
    configured = os.environ.get(SERVER)
    if configured:
        yield configured
        return
    from expenseflow.infra.embedded_postgres import EmbeddedPostgres  # late

    embedded = EmbeddedPostgres(folder)
    try:
        yield embedded.start()
    finally:
        embedded.discard()


@contextmanager
def fresh_database(server_url: str, *, migrated: bool = True) -> Generator[str]:
    """A database of its own on that server, dropped at the end."""
    name = f"expenseflow_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(libpq_url(server_url), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
    url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
    try:
        if migrated:
            migrations.upgrade(url)
        yield url
    finally:
        with psycopg.connect(libpq_url(server_url), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


async def empty(database: Database) -> None:
    """Delete every row, so that the next test starts from nothing."""
    async with database.transaction() as session:
        names = await session.scalars(
            text(
                "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' "
                "AND tablename NOT IN ('alembic_version', 'procrastinate_workers')"
            )
        )
        await session.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))
