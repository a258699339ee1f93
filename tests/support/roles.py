"""A database with the two roles of `deploy/postgres/roles.sql`, under names of their own.

with prepared(server_url) as roles:
migrations.upgrade(roles.owner)
...  # the application over roles.app
"""

import os
import subprocess
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from expenseflow.infra.db import libpq_url
from expenseflow.infra.embedded_postgres import binaries
from tests.support import database as databases

SCRIPT = Path(__file__).parents[2] / "deploy" / "postgres" / "roles.sql"
OWNER_PASSWORD = "the owner's"  # with a quote in it, as passwords may have
APP_PASSWORD = "correct-horse"  # of a database that lives for one test


@dataclass(frozen=True)
class Roles:
    """One database in three people's eyes."""

    admin: str
    owner: str
    app: str

    @property
    def names(self) -> tuple[str, str]:
        return make_url(self.owner).username or "", make_url(self.app).username or ""

    def made(self, *, database: str | None = None) -> subprocess.CompletedProcess[str]:
        """The script, run (again) by the administrator; for another database when one is named."""
        owner, app = self.names
        database = database or make_url(self.admin).database
        words = ["-v", f"database={database}", "-v", f"owner={owner}", "-v", f"app={app}"]
        passwords = {
            "EXPENSEFLOW_OWNER_PASSWORD": OWNER_PASSWORD,
            "EXPENSEFLOW_APP_PASSWORD": APP_PASSWORD,
        }
        return psql(self.admin, *words, "-f", str(SCRIPT), **passwords)


def psql(dsn: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run psql to its end."""
    program = binaries.find(None).folder / "psql"
    return subprocess.run(
        [str(program), "-X", *words, libpq_url(dsn)],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def unprepared(server_url: str, *, migrated: bool = False) -> Generator[Roles]:
    """The same before the script has run; roles that it makes are dropped at the end."""
    mark = uuid.uuid4().hex[:8]
    names = (f"ef_owner_{mark}", f"ef_app_{mark}")
    try:
        with databases.fresh_database(server_url, migrated=migrated) as url:
            yield Roles(
                url,
                _as(url, names[0], OWNER_PASSWORD),
                _as(url, names[1], APP_PASSWORD),
            )
    finally:
        with psycopg.connect(libpq_url(server_url), autocommit=True) as admin:
            for name in names:
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


@contextmanager
def prepared(server_url: str) -> Generator[Roles]:
    """An empty database, ready for `expenseflow migrate` as the owner."""
    with unprepared(server_url) as roles:
        done = roles.made()
        assert done.returncode == 0, done.stderr
        yield roles


def _as(url: str, name: str, password: str) -> str:
    return make_url(url).set(username=name, password=password).render_as_string(hide_password=False)
