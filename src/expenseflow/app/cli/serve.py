"""`expenseflow serve`: the API, and by default a worker in the same process."""

import getpass
import logging
import os
import shlex
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import watchfiles

import expenseflow
from expenseflow.app import links, server, startup
from expenseflow.app.cli import common
from expenseflow.app.wiring import Parts
from expenseflow.identity.errors import InvalidEmail
from expenseflow.identity.rules import normal_email
from expenseflow.infra.settings import Settings


def serve(
    *,
    worker: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="Do the report jobs in this process too."),
    ] = True,
) -> int:
    """Serve the API, and do the jobs, until stopped.

    Listens on EXPENSEFLOW_HOST and EXPENSEFLOW_PORT (127.0.0.1:5000); prints the address and a
    one-time link that signs you in.
    """
    settings = common.begin(level=logging.INFO)
    if settings.reload:
        return _serve_again_on_changes(settings, worker=worker)
    listener = server.listen(settings)
    with listener, startup.open_database(settings) as dsn:
        return server.run(_serve(settings, dsn, listener, worker=worker))


async def _serve(settings: Settings, dsn: str, listener: socket.socket, *, worker: bool) -> int:
    with server.Stopper().listening() as stopper:
        async with (
            server.parts_of(settings, dsn) as parts,
            server.serving(parts, listener, with_worker=worker),
        ):
            await _greet(parts, server.address(listener))
            await stopper.stopping.wait()
    return stopper.exit_code


async def _greet(parts: Parts, base: str) -> None:
    person = _me()
    async with parts.database.transaction() as session:
        link = await links.sign_in_link(session, person, base=base, now=parts.clock.now())
    print(f"ExpenseFlow is running at {base}")
    print(f"Sign in as {person} (once, within ten minutes): {link}")
    print("Ctrl-C stops it.", flush=True)


def _me() -> str:
    """Who is sitting at this machine, as an address of its own."""
    try:
        return normal_email(f"{getpass.getuser()}@localhost")
    except (OSError, KeyError, InvalidEmail):  # no such user, or a name that is no mailbox
        return "me@localhost"


def _serve_again_on_changes(settings: Settings, *, worker: bool) -> int:
    """Serve in a child that is started again when our code changes; the database stays up."""
    os.environ["EXPENSEFLOW_RELOAD"] = "0"
    option = "--worker" if worker else "--no-worker"
    command = shlex.join([sys.executable, "-m", "expenseflow", "serve", option])
    with startup.open_database(settings):
        watchfiles.run_process(
            Path(expenseflow.__file__).parent,
            target=command,
            target_type="command",
            watch_filter=watchfiles.PythonFilter(),
        )
    return 0
