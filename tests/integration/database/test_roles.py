"""The two roles of the database: who may do what, by the script that is shipped."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy.engine import make_url
from tests.support.roles import Roles, prepared, psql, unprepared

from expenseflow.app.server import TABLES
from expenseflow.infra import migrations
from expenseflow.infra.db import libpq_url

READ = {"SELECT"}
READ_AND_WRITE = {"SELECT", "INSERT", "UPDATE", "DELETE"}
_RIGHTS = """
SELECT c.relname, array_agg(a.privilege_type) FILTER (WHERE a.grantee = %(app)s::regrole)
FROM pg_class c LEFT JOIN LATERAL aclexplode(c.relacl) a ON true
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = ANY(%(kinds)s)
GROUP BY 1
"""
_NOT_THE_OWNERS = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relowner <> %(owner)s::regrole
UNION ALL SELECT proname FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proowner <> %(owner)s::regrole
UNION ALL SELECT typname FROM pg_type
WHERE typnamespace = 'public'::regnamespace AND typowner <> %(owner)s::regrole
"""
# The order within a list of rights tells nothing: each grant puts its own last.
_EVERYTHING_SAID = """
SELECT name, owner, ARRAY(SELECT unnest(said) ORDER BY 1)::text FROM (
SELECT relname AS name, relowner::regrole::text AS owner, relacl::text[] AS said FROM pg_class
WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT oid::regprocedure::text, proowner::regrole::text, proacl::text[] FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT nspname, nspowner::regrole::text, nspacl::text[] FROM pg_namespace
UNION ALL SELECT datname, datdba::regrole::text, datacl::text[] FROM pg_database
WHERE datname = current_database()
UNION ALL SELECT defaclobjtype::text, defaclrole::regrole::text, defaclacl::text[]
FROM pg_default_acl
UNION ALL SELECT setrole::regrole::text, '', setconfig FROM pg_db_role_setting s
JOIN pg_database d ON d.oid = s.setdatabase AND d.datname = current_database()
) everything
"""


@pytest.fixture(scope="module")
def roles(postgres_server: str) -> Iterator[Roles]:
    """A database that its owner has migrated."""
    with prepared(postgres_server) as made:
        migrations.upgrade(made.owner)
        yield made


def _rows(dsn: str, query: str, **values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(libpq_url(dsn)) as connection:
        return connection.execute(query.encode(), values).fetchall()


def _rights(roles: Roles, kinds: str) -> dict[object, set[str]]:
    found = _rows(roles.admin, _RIGHTS, app=roles.names[1], kinds=list(kinds))
    return {name: {str(each) for each in rights or ()} for name, rights in found}  # pyright: ignore[reportGeneralTypeIssues]  # an array of the server's


def test_the_application_reads_and_writes_the_rows_of_every_table(roles: Roles) -> None:
    rights = _rights(roles, "rpvm")

    assert rights.pop("alembic_version") == READ
    assert set(TABLES.tables) <= set(rights)
    assert {name for name, has in rights.items() if has != READ_AND_WRITE} == set()
    assert set(map(frozenset, _rights(roles, "S").values())) == {frozenset({"SELECT", "USAGE"})}


def test_everything_is_the_owners(roles: Roles) -> None:
    assert _rows(roles.admin, _NOT_THE_OWNERS, owner=roles.names[0]) == []


def test_what_a_later_migration_makes_is_the_applications_to_use(roles: Roles) -> None:
    with psycopg.connect(libpq_url(roles.owner)) as owner:
        owner.execute("CREATE TABLE later (id bigserial PRIMARY KEY)")
        owner.execute("CREATE FUNCTION later() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    try:
        assert _rights(roles, "r")["later"] == READ_AND_WRITE
        with psycopg.connect(libpq_url(roles.app)) as app:
            app.execute("INSERT INTO later DEFAULT VALUES")
            assert app.execute("SELECT later(), id FROM later").fetchall() == [(1, 1)]
    finally:
        with psycopg.connect(libpq_url(roles.owner)) as owner:
            owner.execute("DROP TABLE later; DROP FUNCTION later()")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine ()",
        "CREATE TEMPORARY TABLE mine ()",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE INDEX ON users (id)",
        "ALTER TABLE users ADD COLUMN mine int",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "DROP TABLE users",
        "TRUNCATE users CASCADE",
        "INSERT INTO alembic_version VALUES ('mine')",
        "UPDATE alembic_version SET version_num = 'mine'",
        "DELETE FROM alembic_version",
        "SELECT * FROM somewhere.secrets",
        "SELECT rolpassword FROM pg_authid",
        "SELECT pg_read_file('postgresql.conf')",
        "COPY users TO PROGRAM 'cat'",
        "SET ROLE {owner}",
    ],
)
def test_the_application_can_do_nothing_else(roles: Roles, statement: str) -> None:
    with psycopg.connect(libpq_url(roles.admin)) as admin:
        admin.execute("CREATE SCHEMA IF NOT EXISTS somewhere")
        admin.execute("CREATE TABLE IF NOT EXISTS somewhere.secrets ()")
    words = statement.format(owner=roles.names[0])
    with (
        psycopg.connect(libpq_url(roles.app)) as app,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        app.execute(words.encode())


def test_a_name_without_a_schema_is_ours(roles: Roles) -> None:
    for dsn in (roles.owner, roles.app):
        assert _rows(dsn, "SHOW search_path") == [("public, pg_temp",)]


def test_nobody_else_is_let_in(roles: Roles, postgres_server: str) -> None:
    stranger = f"ef_stranger_{uuid.uuid4().hex[:8]}"
    name = sql.Identifier(stranger)
    url = make_url(roles.app).set(username=stranger).render_as_string(hide_password=False)
    with psycopg.connect(libpq_url(postgres_server), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'correct-horse'").format(name))
        try:
            with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                psycopg.connect(libpq_url(url))
        finally:
            admin.execute(sql.SQL("DROP ROLE {}").format(name))


def test_to_run_it_again_changes_nothing(roles: Roles) -> None:
    before = _rows(roles.admin, _EVERYTHING_SAID)
    again = roles.made()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert sorted(map(str, _rows(roles.admin, _EVERYTHING_SAID))) == sorted(map(str, before))


def test_two_at_once_take_turns(postgres_server: str) -> None:
    """As two deployments would, or an impatient administrator."""
    with unprepared(postgres_server) as roles, ThreadPoolExecutor() as threads:
        for _ in range(3):
            several = [threads.submit(roles.made) for _ in range(4)]
            assert [one.result().stderr for one in several] == [""] * 4
            assert [one.result().returncode for one in several] == [0] * 4


def test_the_printed_sql_runs_as_the_owner(postgres_server: str) -> None:
    with prepared(postgres_server) as roles:
        done = psql(roles.owner, "-q", "-v", "ON_ERROR_STOP=1", "-c", migrations.sql())
        assert done.returncode == 0, done.stderr
        assert migrations.drift(roles.owner) == []
        assert _rights(roles, "r")["alembic_version"] == READ


def test_a_database_that_one_user_has_owned_until_now(postgres_server: str) -> None:
    with unprepared(postgres_server, migrated=True) as roles:
        done = roles.made()
        assert done.returncode == 0, done.stderr
        assert _rows(roles.admin, _NOT_THE_OWNERS, owner=roles.names[0]) == []
        assert _rights(roles, "r")["users"] == READ_AND_WRITE
        migrations.downgrade(roles.owner, "-1")
        migrations.upgrade(roles.owner)


def test_the_administrator_need_not_be_a_superuser(postgres_server: str) -> None:
    """As on a managed server; the database is made by the script."""
    mark = uuid.uuid4().hex[:8]
    admin_name, database = f"ef_admin_{mark}", sql.Identifier(f"ef_managed_{mark}")
    with (
        unprepared(postgres_server) as roles,
        psycopg.connect(libpq_url(postgres_server), autocommit=True) as root,
    ):
        role = sql.Identifier(admin_name)
        making = "CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD 'correct-horse'"
        root.execute(sql.SQL(making).format(role))
        managed = make_url(roles.admin).set(username=admin_name, password="correct-horse")
        try:
            first = managed.render_as_string(hide_password=False)
            done = replace(roles, admin=first).made(database=f"ef_managed_{mark}")
            assert done.returncode == 0, done.stderr
            again = replace(roles, admin=first).made(database=f"ef_managed_{mark}")
            assert again.returncode == 0, again.stderr
            owner = make_url(roles.owner).set(database=f"ef_managed_{mark}")
            migrations.upgrade(owner.render_as_string(hide_password=False))
        finally:
            root.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
            for name in (*roles.names, admin_name):
                root.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def test_a_role_that_may_do_more_already_is_refused(postgres_server: str) -> None:
    with unprepared(postgres_server) as roles:
        with psycopg.connect(libpq_url(postgres_server), autocommit=True) as admin:
            name = sql.Identifier(roles.names[1])
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(name))
        done = roles.made()
    assert done.returncode == 3
    assert "may do more than is meant for it" in done.stderr
