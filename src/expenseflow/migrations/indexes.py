"""Indexes on tables that may be large: built while everybody goes on reading and writing.

Only for migrations that do nothing else: each statement is a transaction of its own, so what was
done stays done when the next one fails, and all of it can be run again.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def create(name: str, table: str, columns: Sequence[str], *, where: str | None = None) -> None:
    """Build it, anew if an earlier try left a broken one."""
    if (
        op.get_context().as_sql
    ):  # a script that is read and run by hand, mostly on an empty database
        op.create_index(name, table, columns, postgresql_where=_text(where))
        return
    with op.get_context().autocommit_block():
        op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
        op.create_index(
            name, table, columns, postgresql_where=_text(where), postgresql_concurrently=True
        )


def drop(name: str, table: str) -> None:
    """Remove it if it is there."""
    if op.get_context().as_sql:
        op.drop_index(name, table_name=table)
        return
    with op.get_context().autocommit_block():
        op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)


def _text(where: str | None) -> sa.TextClause | None:
    return None if where is None else sa.text(where)
