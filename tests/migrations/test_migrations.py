"""The schema: up from nothing, down again, and no difference from the models."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.support import database as databases
from tests.support.processes import Stack

from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url

OBJECTS = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
"""


@pytest.fixture
def empty_database(postgres_server: str) -> Iterator[str]:
    with databases.fresh_database(postgres_server, migrated=False) as url:
        yield url


def _objects(url: str) -> set[str]:
    with psycopg.connect(libpq_url(url)) as connection:
        return {name for (name,) in connection.execute(OBJECTS)}


def test_the_models_and_the_migrations_agree(database_url: str) -> None:
    assert migrations.drift(database_url) == []
    assert migrations.current(database_url) == migrations.head()


def test_up_from_nothing_and_down_again_leaves_nothing(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    assert "report_generation_jobs" in _objects(empty_database)
    migrations.downgrade(empty_database, "base")
    left = {name for name in _objects(empty_database) if not name.startswith("_")}
    assert left == {"alembic_version", "alembic_version_pkc"}


def test_up_twice_changes_nothing(empty_database: str) -> None:
    migrations.upgrade(empty_database)
    before = _objects(empty_database)
    migrations.upgrade(empty_database)
    assert _objects(empty_database) == before


def test_the_printed_sql_makes_the_same_schema(empty_database: str, database_url: str) -> None:
    with psycopg.connect(libpq_url(empty_database), autocommit=True) as connection:
        connection.execute(migrations.sql().encode())
    assert migrations.drift(empty_database) == []
    assert _objects(empty_database) == _objects(database_url)


def test_a_second_migration_waits_for_the_first(empty_database: str) -> None:
    script = "import sys; from expenseflow.infra import migrations; migrations.upgrade(sys.argv[1])"
    racing = [
        subprocess.Popen([sys.executable, "-c", script, empty_database], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    outcomes = [process.communicate(timeout=60)[1].decode() for process in racing]
    assert [process.returncode for process in racing] == [0, 0, 0], outcomes
    assert migrations.current(empty_database) == migrations.head()


def test_who_waits_for_another_migration_says_so_and_goes_on_when_that_has_ended(
    empty_database: str, tmp_path: Path
) -> None:
    with Stack(empty_database, tmp_path) as stack:
        with psycopg.connect(libpq_url(empty_database), autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock(5219873401)")
            waiting = stack.expenseflow("migrate")
            said = waiting.printed(r".*another process is migrating this database.*")
            assert json.loads(said)["backend"] == other.info.backend_pid
        assert waiting.popen.wait(timeout=60) == 0
    assert migrations.current(empty_database) == migrations.head()


def test_the_status_constraint_and_the_one_active_job_index_stand(database_url: str) -> None:
    with psycopg.connect(libpq_url(database_url)) as connection:
        definitions = [
            text
            for (text,) in connection.execute(
                "SELECT indexdef FROM pg_indexes WHERE tablename = 'report_generation_jobs'"
            )
        ]
    assert any(
        "UNIQUE" in text and "(user_id, period) WHERE (status <> ALL (ARRAY[2, 3, 4]))" in text
        for text in definitions
    )
    assert any("(user_id, status)" in text for text in definitions)
    assert any("(completed_at) WHERE (completed_at IS NOT NULL)" in text for text in definitions)


def test_indexes_of_tables_that_may_be_large_are_built_beside_everybody_s_work() -> None:
    """Built in a transaction, an index keeps everybody from writing until it is done."""
    versions = Path(migrations.__file__).parents[1] / "migrations" / "versions"
    # What came after these is read by `test_expand_then_contract.py`.
    later = [path for path in versions.glob("0*.py") if "0011" < path.name < "0015"]
    tables = {
        table
        for path in later
        for table in re.findall(r'op\.create_index\(\s*"\w+",\s*"(\w+)"', path.read_text())
    }
    assert tables - {"users"} == set()  # there are never so many of these
