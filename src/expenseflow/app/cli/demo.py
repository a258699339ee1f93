"""`expenseflow demo`: a believable month becomes a report, from nothing."""

from typing import Annotated

import typer

from expenseflow.app import listening
from expenseflow.app.cli import common


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the summary.")] = False,
    simulate: Annotated[
        bool,
        typer.Option(
            "--simulate-provider",
            help="With a simulated AI service (60 requests a minute), and a fifth month for it.",
        ),
    ] = False,
) -> int:
    """Show it all with four made-up months.

    Imports four months of a card, files and submits three of them, and makes the report of the
    fourth, all through the API. Needs no key and no network. Goes on serving until Ctrl-C; run
    it again and it goes on from where it stopped.

    What the simulated AI service decides is marked as simulated, for good.
    """
    settings = common.begin()
    common.only_locally(settings)
    with listening.listen(settings) as listener:
        # After the port, which may be in use: it takes a second to load.
        from expenseflow.app.cli import playing  # noqa: PLC0415

        return playing.play(settings, listener, once=once, simulate=simulate)
