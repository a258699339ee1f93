"""A migration runs while the release before still serves: it adds, and takes away a release later.

Each migration is read as the SQL that it runs on a database with people at work.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.script import Script, ScriptDirectory
from tests.support.expanding import Migration, faults, refusals
from tests.support.releases import ROOT

from expenseflow.infra import migrations

LAST_UNREAD = "0014"
"""The schema of 0.1.0, before which nothing was released; whatever came since is read, for good."""


def _later() -> Iterator[Script]:
    folder = ROOT / "src/expenseflow/migrations"
    scripts = ScriptDirectory(str(folder))
    yield from scripts.iterate_revisions("head", LAST_UNREAD)


def _released() -> tuple[str, ...]:
    return tuple(
        re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    )


def _read(script: Script) -> Migration:
    module: Any = script.module
    return Migration(
        migrations.sql(since=str(script.down_revision), until=script.revision),
        getattr(module, "contract_after", None),
        getattr(module, "harmless", None),
    )


@pytest.mark.parametrize("script", list(_later()), ids=lambda script: script.revision)
def test_the_release_before_goes_on_working(script: Script) -> None:
    assert faults(_read(script), released=_released()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE report_lines",
        "ALTER TABLE report_lines DROP COLUMN note",
        "ALTER TABLE report_lines RENAME COLUMN note TO remark",
        "ALTER TABLE report_lines RENAME TO lines",
        "ALTER INDEX ix_a RENAME TO ix_b",
        "ALTER TABLE report_lines ALTER COLUMN note TYPE TEXT",
        "ALTER TABLE report_lines ALTER COLUMN note SET DATA TYPE TEXT USING note::text",
        "ALTER TABLE report_lines ALTER COLUMN note SET NOT NULL",
        "ALTER TABLE report_lines ALTER COLUMN version DROP DEFAULT",
        "ALTER TABLE report_lines ADD COLUMN colour TEXT NOT NULL",
        "ALTER TABLE report_lines ADD COLUMN number SERIAL",
        "ALTER TABLE report_lines ADD COLUMN key UUID DEFAULT gen_random_uuid() NOT NULL",
        "ALTER TABLE report_lines ADD COLUMN twice NUMERIC GENERATED ALWAYS AS (amount * 2) STORED",
        "ALTER TABLE report_lines ADD CONSTRAINT ck_a CHECK (amount > 0)",
        "ALTER TABLE report_lines ADD CONSTRAINT uq_a UNIQUE (vendor)",
        "ALTER TABLE report_lines ADD FOREIGN KEY(vendor) REFERENCES vendors (id)",
        "ALTER TABLE idempotency_keys DROP CONSTRAINT uq_idempotency_keys_key",
        "CREATE INDEX ix_a ON report_lines (vendor)",
        "CREATE UNIQUE INDEX CONCURRENTLY uq_a ON report_lines (vendor)",
        "CREATE UNIQUE INDEX uq_a ON users (email)",
        "DROP INDEX ix_report_lines_vendor",
        "DROP INDEX CONCURRENTLY IF EXISTS uq_report_lines_transaction_id",
        "DROP TYPE colour",
        "UPDATE report_lines SET note = ''",
        "DELETE FROM report_lines WHERE note = ''",
        "TRUNCATE upkeep_runs",
        "LOCK TABLE report_lines IN EXCLUSIVE MODE",
    ],
)
def test_what_breaks_the_release_before_or_holds_everybody_up_is_refused(statement: str) -> None:
    sql = f"BEGIN;\n\n-- Running upgrade 0098 -> 0099\n\n{statement};\n\nCOMMIT;\n"
    assert [one.statement for one in refusals(sql)] != []


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE report_lines ADD COLUMN colour TEXT;\n",
        "ALTER TABLE report_lines ADD COLUMN colour TEXT DEFAULT 'red' NOT NULL;\n",
        "CREATE TABLE hues (id UUID NOT NULL);\nCREATE UNIQUE INDEX uq_hues ON hues (id);\n",
        "CREATE INDEX CONCURRENTLY ix_a ON report_lines (vendor);\n",
        "DROP INDEX CONCURRENTLY IF EXISTS ix_a;\n",
        "CREATE INDEX ix_a ON users (email);\n",
        (
            "ALTER TABLE report_lines ADD COLUMN key UUID;\n"
            "CREATE UNIQUE INDEX CONCURRENTLY uq_key ON report_lines (key);\n"
        ),
        "ALTER TABLE report_lines DROP CONSTRAINT fk_a;\n",
        "UPDATE alembic_version SET version_num='0099' WHERE alembic_version.version_num = '0098';",
    ],
)
def test_what_only_adds_is_fine(sql: str) -> None:
    assert list(refusals(sql)) == []


DROP = "ALTER TABLE report_lines DROP COLUMN note;\n"


def test_what_a_release_no_longer_uses_may_go_once_that_release_is_out() -> None:
    migration = Migration(DROP, contract_after="0.2.0")
    assert faults(migration, released=("0.2.0", "0.1.0")) == []
    assert "no release of that number is out" in faults(migration, released=("0.1.0",))[0]
    assert faults(Migration(DROP), released=("0.2.0",)) != []


def test_a_long_lock_is_no_better_for_being_a_release_later() -> None:
    sql = "CREATE INDEX ix_a ON report_lines (vendor);\n"
    assert faults(Migration(sql, contract_after="0.2.0"), released=("0.2.0",)) != []


def test_a_refusal_may_be_overruled_with_a_reason_and_only_what_is_refused() -> None:
    assert faults(Migration(DROP, harmless={"DROP COLUMN note": "never used"}), released=()) == []
    assert faults(Migration(DROP, harmless={"DROP COLUMN note": ""}), released=()) != []
    stale = {"DROP COLUMN note": "never used", "DROP TABLE": "never there"}
    assert faults(Migration(DROP, harmless=stale), released=()) == [
        "harmless names what is not refused: 'DROP TABLE'"
    ]
