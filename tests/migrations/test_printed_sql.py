"""`expenseflow migrate --sql` through psql, by a role that may do no more than own the schema."""

import re
import subprocess
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url
from tests.support import database as databases
from tests.support.processes import eventually
from tests.support.releases import PREVIOUS_SCHEMA

from expenseflow.app.cli.program import main
from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url
from expenseflow.infra.embedded_postgres import binaries

BEFORE_INDEXES = "0012"
BUILDING = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND wait_event_type = 'Lock'
"""
WAITING_FOR_THE_LOCK = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'
"""


@pytest.fixture
def empty_database(postgres_server: str) -> Iterator[str]:
    """As a managed service hands it out: whoever owns it is no superuser."""
    role, password = f"owner_{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    with databases.fresh_database(postgres_server, migrated=False) as url:
        name = make_url(url).database
        assert name
        with psycopg.connect(libpq_url(postgres_server), autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(password)
                )
            )
            admin.execute(
                sql.SQL("ALTER DATABASE {} OWNER TO {}").format(
                    sql.Identifier(name), sql.Identifier(role)
                )
            )
        owners = make_url(url).set(username=role, password=password)
        yield owners.render_as_string(hide_password=False)
    with psycopg.connect(libpq_url(postgres_server), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def _printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["migrate", "--sql", *arguments]) == 0
    return capsys.readouterr().out


def _program(name: str, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [binaries.find(None).program(name), *arguments, "--dbname", libpq_url(url)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def _through_psql(script: str, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "migrate.sql"
    file.write_text(script)
    return _program("psql", url, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(file))


def _schema(url: str) -> list[str]:
    dumped = _program("pg_dump", url, "--schema-only", "--no-owner", "--no-privileges")
    assert dumped.returncode == 0, dumped.stderr
    return re.sub(r"^\\(un)?restrict .*$", "", dumped.stdout, flags=re.MULTILINE).splitlines()


def test_the_whole_makes_what_a_migration_makes(
    empty_database: str, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = _through_psql(_printed(capsys), empty_database, tmp_path)

    assert done.returncode == 0, done.stderr
    assert migrations.drift(empty_database) == []
    assert migrations.current(empty_database) == migrations.head()
    assert _schema(empty_database) == _schema(database_url)


@pytest.mark.parametrize("since", [PREVIOUS_SCHEMA, BEFORE_INDEXES])
def test_from_a_revision_on_it_leads_to_the_same(
    empty_database: str,
    database_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    since: str,
) -> None:
    migrations.upgrade(empty_database, since)

    done = _through_psql(_printed(capsys, "--from", since), empty_database, tmp_path)

    assert done.returncode == 0, done.stderr
    assert migrations.current(empty_database) == migrations.head()
    assert _schema(empty_database) == _schema(database_url)


def test_indexes_of_a_database_in_use_are_built_beside_everybody_s_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "CREATE INDEX CONCURRENTLY" in _printed(capsys, "--from", BEFORE_INDEXES)
    assert "CONCURRENTLY" not in _printed(capsys)


def test_a_database_that_stands_elsewhere_is_left_as_it_is(
    empty_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrations.upgrade(empty_database, "0010")

    done = _through_psql(_printed(capsys, "--from", BEFORE_INDEXES), empty_database, tmp_path)

    assert "does not stand at revision 0012" in done.stderr
    assert done.returncode != 0
    assert migrations.current(empty_database) == "0010"


def test_beside_another_migration_it_does_nothing_and_that_one_goes_on(
    empty_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The other one builds indexes, for which it waits for everybody who has begun."""
    migrations.upgrade(empty_database, BEFORE_INDEXES)
    address = libpq_url(empty_database)
    script = _printed(capsys, "--from", BEFORE_INDEXES)
    with (
        ThreadPoolExecutor() as threads,
        psycopg.connect(address, autocommit=True) as looking,
        psycopg.connect(address) as reading,
    ):
        reading.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reading.execute("SELECT 1 FROM users")
        migrating = threads.submit(migrations.upgrade, empty_database)
        eventually(lambda: migrating.done() or looking.execute(BUILDING).fetchone())
        printed = threads.submit(_through_psql, script, empty_database, tmp_path)
        eventually(lambda: printed.done() or looking.execute(WAITING_FOR_THE_LOCK).fetchone())
        reading.rollback()
        migrating.result(timeout=60)
        done = printed.result(timeout=60)

    assert "another migration is running; run this again when it has ended" in done.stderr
    assert done.returncode != 0
    assert migrations.drift(empty_database) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--sql", "--from", "9999"], "'9999' is none of 0001 to"), (["--from", "0012"], "--sql")],
)
def test_a_beginning_that_makes_no_sense_is_wrong_use(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["migrate", *arguments]) == 2

    told = capsys.readouterr()
    assert words in told.err
    assert (told.out, told.err.count("\n")) == ("", 1)
