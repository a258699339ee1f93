"""`expenseflow serve`: the API, and by default a worker in the same process."""

import logging
from typing import Annotated

import typer

from expenseflow.app import listening
from expenseflow.app.cli import common


def serve(
    *,
    worker: Annotated[
        bool,
        typer.Option("--worker/--no-worker", help="Do the report jobs in this process too."),
    ] = True,
) -> int:
    """Serve the API, and do the jobs, until stopped.

    Listens on EXPENSEFLOW_HOST and EXPENSEFLOW_PORT (127.0.0.1:5000); prints the address, and
    in local mode a one-time link that signs you in.
    """
    settings = common.begin(level=logging.INFO)
    # First the port, then what is slow: a port in use is said at once.
    listener = None if settings.reload else listening.listen(settings)
    from expenseflow.app.cli import serving  # noqa: PLC0415

    if listener is None:
        return serving.again_on_changes(settings, worker=worker)
    with listener:
        return serving.serve(settings, listener, worker=worker)
