"""Indexes on tables that may be large: built while everybody goes on reading and writing.

Only for migrations that do nothing else: each statement is a transaction of its own, so what was
done stays done when the next one fails, and all of it can be run again.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

_IS_VALID = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
_SET_LOCK_TIMEOUT = sa.text("SELECT set_config('lock_timeout', :value, false)")


def create(name: str, table: str, columns: Sequence[str], *, where: str | None = None) -> None:
    """Build it, anew if an earlier try left a broken one; one that is whole stays."""
    # A script is read and run by hand, mostly on an empty database.
    if op.get_context().as_sql:
        op.create_index(name, table, columns, postgresql_where=_text(where))
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
    if op.get_context().as_sql:
        op.drop_index(name, table_name=table)
        return
    with _beside_everybody():
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


def _text(where: str | None) -> sa.TextClause | None:
    return None if where is None else sa.text(where)
