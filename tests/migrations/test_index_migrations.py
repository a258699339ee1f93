"""Indexes that are built beside everybody's work: whoever is slow is waited for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.support import database as databases
from tests.support.processes import eventually

from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url

BEFORE, WITH = "0012", "0013"
LOCK_TIMEOUT = "50ms"
WAITING_FOR_LONGER = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database()
AND application_name = 'expenseflow migrate' AND wait_event_type = 'Lock'
AND query LIKE 'CREATE INDEX CONCURRENTLY%' AND now() - query_start > interval '500 ms'
"""
INDEX = "SELECT indexrelid, indisvalid FROM pg_index WHERE indexrelid = %s::regclass"
BROKEN = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"


@pytest.fixture
def database(postgres_server: str) -> Iterator[str]:
    """As it stood before the indexes."""
    with databases.fresh_database(postgres_server, migrated=False) as url:
        migrations.upgrade(url, BEFORE)
        yield url


def _begin_to_read(connection: psycopg.Connection) -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.execute("SELECT 1 FROM users")


def test_a_transaction_that_goes_on_for_longer_than_the_lock_timeout_is_waited_for(
    database: str,
) -> None:
    address = libpq_url(database)
    with (
        ThreadPoolExecutor() as threads,
        psycopg.connect(address, autocommit=True) as looking,
        psycopg.connect(address) as reading,
    ):
        _begin_to_read(reading)
        migrating = threads.submit(migrations.upgrade, database, lock_timeout=LOCK_TIMEOUT)
        eventually(lambda: migrating.done() or looking.execute(WAITING_FOR_LONGER).fetchone())
        reading.rollback()
        migrating.result(timeout=60)
        assert looking.execute(BROKEN).fetchone() == (0,)
    assert migrations.current(database) == migrations.head()


def test_a_second_try_keeps_what_is_whole_and_builds_anew_what_is_broken(database: str) -> None:
    whole, broken = "ix_report_generation_jobs_retry_of", "ix_idempotency_keys_job_id"
    address = libpq_url(database)
    with psycopg.connect(address, autocommit=True) as first_try:
        first_try.execute(
            f"CREATE INDEX CONCURRENTLY {whole} ON report_generation_jobs (retry_of) "
            "WHERE retry_of IS NOT NULL".encode()
        )
        with psycopg.connect(address) as reading:
            _begin_to_read(reading)
            first_try.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'".encode())
            with pytest.raises(psycopg.errors.LockNotAvailable):
                first_try.execute(
                    f"CREATE INDEX CONCURRENTLY {broken} ON idempotency_keys (job_id)".encode()
                )
        kept = first_try.execute(INDEX, [whole]).fetchone()
        assert first_try.execute(BROKEN).fetchone() == (1,)

        migrations.upgrade(database, WITH)

        assert first_try.execute(INDEX, [whole]).fetchone() == kept
        assert first_try.execute(BROKEN).fetchone() == (0,)
        assert first_try.execute(INDEX, [broken]).fetchone()
