"""Playing the demo, as `expenseflow demo` does it."""

import asyncio
import socket
from contextlib import nullcontext

from rich.console import Console

from expenseflow.app import links, listening, server, startup
from expenseflow.app.cli import common
from expenseflow.app.cli.progress import AI, SIMULATED_AI, JobProgress, seconds_taken
from expenseflow.app.demo import simulation, statement, summary
from expenseflow.app.demo.api import Api, Refused
from expenseflow.app.demo.story import DemoFailed, Ending, Story
from expenseflow.app.refusals import Failed
from expenseflow.app.server import Stopper
from expenseflow.app.wiring import Parts
from expenseflow.identity import service as identity
from expenseflow.infra.db import Address
from expenseflow.infra.patience import HURRIED
from expenseflow.infra.settings import Settings

PERSON = "demo@example.com"


def play(settings: Settings, listener: socket.socket, *, once: bool, simulate: bool) -> int:
    """Play it, and go on serving unless once is enough; the exit code."""
    console = common.stdout()
    title = "[bold]ExpenseFlow demo[/bold]"
    if simulate:
        title += " with a [bold]simulated AI service[/bold] (not a real one)"
    console.print(f"{title}: starting the database and the server")
    with (
        simulation.provider(settings) if simulate else nullcontext(settings) as ours,
        startup.open_database(ours) as where,
    ):
        return server.run(_demo(ours, where, listener, console, once=once))


async def _demo(
    settings: Settings, where: Address, listener: socket.socket, console: Console, *, once: bool
) -> int:
    base = listening.address(listener)
    with Stopper().listening() as stopper:
        async with (
            server.parts_of(settings, where, patience=HURRIED) as parts,
            server.serving(parts, listener, with_worker=True),
        ):
            playing = asyncio.create_task(_play(parts, base, console))
            ending = await _unless_stopped(playing, stopper)
            if ending is None:
                return stopper.exit_code
            seconds = None if ending.job is None else seconds_taken(ending.job)
            summary.show(console, ending, seconds=seconds)
            if not once:
                await _tell(parts, base, console, ending)
                await stopper.stopping.wait()
    if once:
        _tell_how_to_go_on(console, ending)
    return stopper.exit_code


async def _unless_stopped(playing: asyncio.Task[Ending], stopper: Stopper) -> Ending | None:
    stop = asyncio.create_task(stopper.stopping.wait())
    await asyncio.wait({playing, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if playing.done():
        return playing.result()
    playing.cancel()
    await asyncio.wait({playing})
    return None


async def _play(parts: Parts, base: str, console: Console) -> Ending:
    async with parts.database.transaction() as session:
        now = parts.clock.now()
        person = await identity.ensure_user(session, PERSON, now=now)
        token = await identity.issue_token(session, person, signer=parts.signer, now=now)

    def say(text: str) -> None:
        console.print(f"  {text}", markup=False)

    simulated = parts.settings.llm_simulated
    ai = SIMULATED_AI if simulated else AI
    periods = statement.WITH_ROADSHOW if simulated else statement.PERIODS
    with JobProgress(common.stderr(), parts.clock, ai=ai) as progress:
        async with Api.connect(base, token) as api:
            story = Story(api, parts.clock, periods=periods, say=say, show=progress.show)
            try:
                return await story.play()
            except (Refused, DemoFailed) as problem:
                raise Failed(str(problem)) from problem


async def _tell(parts: Parts, base: str, console: Console, ending: Ending) -> None:
    async with parts.database.transaction() as session:
        link = await links.sign_in_link(session, PERSON, base=base, now=parts.clock.now())
    console.print("[bold]Look at it[/bold] (once, within ten minutes; then you are signed in)")
    console.print(f"  {link}", markup=False)
    console.print("[bold]As a file[/bold]")
    for file_format in ("xlsx", "csv"):
        path = f"/api/reports/{ending.report['id']}/export?format={file_format}"
        console.print(f"  {base}{path}", markup=False)
    again = common.command("sign-in-link", "--user", PERSON)
    console.print(f"Serving until Ctrl-C. A new link: {again}", markup=False)


def _tell_how_to_go_on(console: Console, ending: Ending) -> None:
    """The server has stopped: no link would work."""
    console.print("[bold]Look at it[/bold] (start the server, then ask for a link)")
    for words in (("serve",), ("sign-in-link", "--user", PERSON)):
        console.print(f"  {common.command(*words)}", markup=False)
    console.print("[bold]As a file[/bold]")
    words = ("export", str(ending.report["id"]), "--format", "xlsx")
    console.print(f"  {common.command(*words)}", markup=False)
