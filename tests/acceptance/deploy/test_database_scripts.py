"""deploy/backup.sh and deploy/restore.sh: what they refuse, and what they tell nobody."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.support import database as databases
from tests.support import database_scripts as scripts
from tests.support import roles

from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url
from expenseflow.infra.embedded_postgres import binaries

PASSWORD = r"hunter2 and\n more: 100%/@?é"


@pytest.fixture
def source(postgres_server: str) -> Iterator[str]:
    with databases.fresh_database(postgres_server) as url:
        yield url


def test_a_database_that_holds_anything_is_left_alone(source: str, tmp_path: Path) -> None:
    saved = scripts.backup(source, tmp_path)
    done = scripts.run("restore.sh", source, str(saved))
    assert done.returncode == 1
    assert "the database is not empty" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "thing",
    [
        "CREATE TYPE colour AS ENUM ('red')",
        "CREATE DOMAIN code AS text CHECK (value <> '')",
        "CREATE TYPE pair AS (one int, other int)",
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SEQUENCE numbers",
        "CREATE SCHEMA other CREATE VIEW one AS SELECT 1 AS one",
    ],
)
def test_whatever_it_holds_it_is_not_empty(
    postgres_server: str, tmp_path: Path, thing: str
) -> None:
    with databases.fresh_database(postgres_server, migrated=False) as url:
        with psycopg.connect(libpq_url(url)) as connection:
            connection.execute(thing.encode())
        done = scripts.run("restore.sh", url, str(_no_backup(tmp_path)))
    assert done.returncode == 1
    assert "the database is not empty (" in done.stderr


def test_a_database_with_an_extension_is_empty(
    source: str, postgres_server: str, tmp_path: Path
) -> None:
    saved = scripts.backup(source, tmp_path)
    with databases.fresh_database(postgres_server, migrated=False) as url:
        with psycopg.connect(libpq_url(url)) as connection:
            connection.execute("CREATE EXTENSION pg_trgm SCHEMA public")
        done = scripts.run("restore.sh", url, str(saved))
        assert done.returncode == 0, done.stderr
        assert migrations.current(url) == migrations.head()


def _no_backup(folder: Path) -> Path:
    """A file with the right checksum, which is all that is looked at before the database."""
    file = folder / "x.dump"
    file.write_bytes(b"x")
    file.with_name("x.dump.sha256").write_text(f"{hashlib.sha256(b'x').hexdigest()}  x.dump\n")
    return file


def test_a_file_that_is_not_what_was_written_is_refused(
    source: str, postgres_server: str, tmp_path: Path
) -> None:
    saved = scripts.backup(source, tmp_path)
    with saved.open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"x" * 10)
    with databases.fresh_database(postgres_server, migrated=False) as empty:
        done = scripts.run("restore.sh", empty, str(saved))
        assert (done.returncode, "its checksum differs" in done.stderr) == (1, True)
        saved.with_name(saved.name + ".sha256").unlink()
        assert scripts.run("restore.sh", empty, str(saved)).returncode == 2


def test_who_may_do_what_comes_from_the_new_database(postgres_server: str, tmp_path: Path) -> None:
    """Both have the two roles of `roles.sql`, each under names of its own."""
    with roles.prepared(postgres_server) as old, roles.prepared(postgres_server) as new:
        migrations.upgrade(old.owner)
        saved = scripts.backup(old.owner, tmp_path)
        done = scripts.run("restore.sh", new.owner, str(saved))
        assert done.returncode == 0, done.stderr
        assert migrations.current(new.app) == migrations.head()
        assert migrations.drift(new.owner) == []
        with psycopg.connect(libpq_url(new.app)) as application:
            application.execute("UPDATE users SET email = email")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute("DELETE FROM alembic_version")


def test_a_backup_is_for_its_owner_only_and_says_what_it_is_of(source: str, tmp_path: Path) -> None:
    saved = scripts.backup(source, tmp_path)
    beside = sorted(path for path in tmp_path.iterdir() if path.name.startswith(saved.name))
    assert [path.suffix for path in beside] == [".dump", ".sha256", ".version"]
    assert {path.stat().st_mode & 0o777 for path in beside} == {0o600}
    assert "\npostgresql " in beside[2].read_text()


def test_no_password_stands_on_a_command_line(source: str, tmp_path: Path) -> None:
    """Anybody on the machine may read it there."""
    url = make_url(source).set(password=PASSWORD).render_as_string(hide_password=False)
    lines = _told(url, tmp_path, 'echo "$name $* PASSWORD=$PGPASSWORD"')
    assert {line.split()[0] for line in lines} == {"pg_dump", "pg_restore", "psql"}
    for line in lines:
        command, _, password = line.partition(" PASSWORD=")
        assert password == PASSWORD
        assert PASSWORD not in command


def _told(url: str, folder: Path, tell: str) -> list[str]:
    """A backup with the real programs, each of which tells something first: what they told."""
    programs, told = folder / "programs", folder / "told"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        real = binaries.find(None).program(name)
        shim = programs / name
        shim.write_text(f'#!/bin/bash\nname={name}\n{{ {tell}; }} >>{told}\nexec {real} "$@"\n')
        shim.chmod(0o755)
    scripts.backup(url, folder, programs=programs)
    return told.read_text().splitlines()


SECRET = "hunter2"
OPTIONS = {"keepalives_idle": "30", "tcp_user_timeout": "10000", "sslpassword": SECRET}


def test_options_of_the_connection_reach_it_and_nobody_else(source: str, tmp_path: Path) -> None:
    url = make_url(source).update_query_dict(OPTIONS).render_as_string(hide_password=False)
    tell = 'echo "$*"; stat --format="mode %a of %n" "$PGSERVICEFILE"; cat "$PGSERVICEFILE"'
    lines = _told(url, tmp_path, tell)
    assert {f"{name}={value}" for name, value in OPTIONS.items()} <= set(lines)
    assert not any(SECRET in line for line in lines if not line.startswith("sslpassword="))
    [kept] = {line for line in lines if line.startswith("mode ")}
    assert kept.startswith("mode 600 of ")
    assert not Path(kept.removeprefix("mode 600 of ")).exists()


def test_an_option_that_is_wrong_is_told_by_its_name(source: str, tmp_path: Path) -> None:
    wrong = {"ssl_min_protocol_version": "none"}
    url = make_url(source).update_query_dict(wrong).render_as_string(hide_password=False)
    done = scripts.run("backup.sh", url, str(tmp_path))
    assert (done.returncode, "ssl_min_protocol_version" in done.stderr) == (1, True)
    unknown = make_url(source).update_query_dict({"colour": "red"})
    done = scripts.run("backup.sh", unknown.render_as_string(hide_password=False), str(tmp_path))
    assert (done.returncode, "has colour, which" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["backup.sh", "restore.sh"])
def test_the_scripts_tell_how_they_are_used(name: str, tmp_path: Path) -> None:
    helped = scripts.run(name, "", "--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert name in helped.stdout
    assert scripts.run(name, "").returncode == 2
    assert scripts.run(name, "", str(tmp_path / "nowhere")).returncode == 2
    wrong = scripts.run(name, "mysql://nobody@nowhere/none", str(tmp_path))
    assert wrong.returncode == 2
    assert len(wrong.stderr.splitlines()) == 1


def test_a_database_that_is_not_there_leaves_no_file(source: str, tmp_path: Path) -> None:
    nowhere = make_url(source).set(database="not_there").render_as_string(hide_password=False)
    done = scripts.run("backup.sh", nowhere, str(tmp_path))
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []
