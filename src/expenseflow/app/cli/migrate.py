"""`expenseflow migrate`: the database schema of this version."""

import logging
from typing import Annotated

import typer

from expenseflow.app import startup
from expenseflow.app.cli import common
from expenseflow.infra import logs, migrations


def migrate(
    *,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL instead of running it; needs no database.")
    ] = False,
) -> None:
    """Bring the database schema up to date.

    Several may run at once: one migrates, the others wait and find it done.
    """
    logs.configure(level=logging.WARNING)
    if sql:
        print(migrations.sql(), end="")
        return
    settings = common.begin()
    with startup.open_database(settings, migrate=True) as where:
        which = (
            "the embedded database" if settings.database_url is None else startup.shown(where.dsn)
        )
        print(f"The schema of {which} is up to date ({migrations.head()})")
