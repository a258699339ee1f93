"""Serving, as `expenseflow serve` does it: with a greeting, and in development with reloads."""

import getpass
import os
import shlex
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

import expenseflow
from expenseflow.app import links, listening, server, startup
from expenseflow.app.cli import common
from expenseflow.app.wiring import Parts
from expenseflow.identity.errors import InvalidEmail
from expenseflow.identity.models import User
from expenseflow.identity.rules import normal_email
from expenseflow.infra import garbage
from expenseflow.infra.db import Address
from expenseflow.infra.patience import HURRIED
from expenseflow.infra.settings import Settings

NAMED = 5
"""Other people are named in the greeting up to this many, the newest first."""


def serve(settings: Settings, listener: socket.socket, *, worker: bool) -> int:
    """Serve at this address until stopped; the exit code."""
    with startup.open_database(settings) as where:
        return server.run(_serve(settings, where, listener, worker=worker))


def again_on_changes(settings: Settings, *, worker: bool) -> int:
    """Serve in a child that is started again when our code changes; the database stays up."""
    import watchfiles  # noqa: PLC0415  # only development needs it

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


async def _serve(
    settings: Settings, where: Address, listener: socket.socket, *, worker: bool
) -> int:
    with server.Stopper(drain_seconds=settings.drain_s).listening() as stopper:
        async with (
            server.parts_of(settings, where, patience=HURRIED) as parts,
            server.serving(parts, listener, with_worker=worker) as running,
        ):
            garbage.keep_what_is_loaded()
            await _greet(parts, listening.address(listener))
            await stopper.stopping.wait()
            await running.drain(stopper.drain_seconds)
    return stopper.exit_code


async def _greet(parts: Parts, base: str) -> None:
    print(f"ExpenseFlow is running at {base}")
    if parts.openid is None:
        await _offer_a_link(parts, base)
    else:
        print(f"People reach it, and sign in, at {parts.openid.config.public_url}")
    print("Ctrl-C stops it.", flush=True)


async def _offer_a_link(parts: Parts, base: str) -> None:
    person = _me()
    async with parts.database.transaction() as session:
        link = await links.sign_in_link(session, person, base=base, now=parts.clock.now())
        # Whoever sits at the machine acts for anybody on it; no request gets to see this list.
        others = select(User.email).where(User.email != person)
        newest = others.order_by(User.created_at.desc(), User.id).limit(NAMED + 1)
        found = list(await session.scalars(newest))
    print(f"Sign in as {person} (once, within ten minutes): {link}")
    print(f"For another person: {common.command('sign-in-link', '--user', 'EMAIL')}{_named(found)}")


def _named(others: Sequence[str]) -> str:
    if not others:
        return ""
    more = ", …" if len(others) > NAMED else ""
    return f" (there are {', '.join(others[:NAMED])}{more})"


def _me() -> str:
    """Who is sitting at this machine, as an address of its own."""
    try:
        return normal_email(f"{getpass.getuser()}@localhost")
    except (OSError, KeyError, InvalidEmail):  # no such user, or a name that is no mailbox
        return "me@localhost"
