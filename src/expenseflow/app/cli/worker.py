"""`expenseflow worker`: does the jobs, without the API."""

import logging
import socket
from contextlib import nullcontext

from expenseflow.app import listening, scraping, server, startup
from expenseflow.app.cli import common
from expenseflow.infra import garbage
from expenseflow.infra.db import Address
from expenseflow.infra.settings import Settings


def worker() -> int:
    """Do report jobs until stopped.

    Start as many as you like, on as many machines. On Ctrl-C or SIGTERM a job that is under way
    is finished within eight seconds or handed to another worker. With EXPENSEFLOW_METRICS_PORT it
    answers /metrics and /health/live.
    """
    settings = common.begin(level=logging.INFO)
    listener = listening.listen_for_scrapes(settings)
    with listener or nullcontext(), startup.open_database(settings) as where:
        return server.run(_work(settings, where, listener))


async def _work(settings: Settings, where: Address, listener: socket.socket | None) -> int:
    with server.Stopper().listening() as stopper:
        async with (
            server.parts_of(settings, where) as parts,
            server.announced(parts),
            scraping.scraped(parts, listener),
        ):
            garbage.keep_what_is_loaded()
            await server.keep_working(parts, stopper.stopping)
    return stopper.exit_code
