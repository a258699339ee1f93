"""Indexes on tables that may be large: built while everybody goes on reading and writing.

Only for migrations that do nothing else: each statement is a transaction of its own, so what was
done stays done when the next one fails, and all of it can be run again.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import context, op

_IS_VALID = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
_SET_LOCK_TIMEOUT = sa.text("SELECT set_config('lock_timeout', :value, false)")


def create(name: str, table: str, columns: Sequence[str], *, where: str | None = None) -> None:
    """Build it, anew if an earlier try left a broken one; one that is whole stays."""
    if _is_script_for_empty_database():
        op.create_index(name, table, columns, postgresql_where=_text(where))
        return
    if op.get_context().as_sql:
        with _beside_everybody_in_script():
            op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
            op.create_index(
                name, table, columns, postgresql_where=_text(where), postgresql_concurrently=True
            )
        return
    with _beside_everybody():
        if op.get_bind().scalar(_IS_VALID, {"name": name}):
            return
        op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
        op.create_index(
            name, table, columns, postgresql_where=_text(where), postgresql_concurrently=True
        )


def drop(name: str, table: str) -> None:
    """Remove it if it is there."""
    if _is_script_for_empty_database():
        op.drop_index(name, table_name=table)
        return
    in_script = op.get_context().as_sql
    with _beside_everybody_in_script() if in_script else _beside_everybody():
        op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)


@contextmanager
def _beside_everybody() -> Generator[None]:
    """In no transaction, and without a bound on waiting for locks but that of the statement.

    PostgreSQL waits here for every transaction that began before, a backup for example, and
    counts that as waiting for a lock. Nobody who reads or writes waits behind us meanwhile.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        usual = connection.scalar(sa.text("SHOW lock_timeout"))
        connection.execute(_SET_LOCK_TIMEOUT, {"value": "0"})
        yield
        # not after an error: that ends the migration, and its connection
        connection.execute(_SET_LOCK_TIMEOUT, {"value": usual})


def _is_script_for_empty_database() -> bool:
    """Where nobody is held up, and all is one transaction."""
    return op.get_context().as_sql and context.get_starting_revision_argument() is None


@contextmanager
def _beside_everybody_in_script() -> Generator[None]:
    """The same, printed."""
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = '0'")
        yield
        op.execute("SET lock_timeout = '5s'")


def _text(where: str | None) -> sa.TextClause | None:
    return None if where is None else sa.text(where)
