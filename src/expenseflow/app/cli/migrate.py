"""`expenseflow migrate`: the database schema of this version."""

import logging
from typing import Annotated

import typer

from expenseflow.app import startup
from expenseflow.app.cli import common
from expenseflow.infra import logs, migrations

_HOW_TO_RUN = "-- Run as the owner of the schema: psql -v ON_ERROR_STOP=1 -f THIS_FILE\n\n"


def _revision(text: str | None) -> str | None:
    """A revision this version knows; anything else is wrong use."""
    if text is not None and not migrations.is_known(text):
        known = migrations.revisions()
        raise typer.BadParameter(f"{text!r} is none of {known[0]} to {known[-1]}")
    return text


def migrate(
    *,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL instead of running it; needs no database.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="REVISION",
            callback=_revision,
            help="With --sql: what leads on from there, for a database in use.",
        ),
    ] = None,
) -> None:
    """Bring the database schema up to date.

    Several may run at once: one migrates, the others wait and find it done.
    """
    logs.configure(level=logging.WARNING)
    if sql:
        print(_HOW_TO_RUN + migrations.sql(since), end="")
        return
    if since is not None:
        raise typer.BadParameter("--from goes with --sql; a migration begins where the database is")
    settings = common.begin()
    with startup.open_database(settings, migrate=True) as where:
        which = (
            "the embedded database" if settings.database_url is None else startup.shown(where.dsn)
        )
        print(f"The schema of {which} is up to date ({migrations.head()})")
