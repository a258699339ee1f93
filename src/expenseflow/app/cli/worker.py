"""`expenseflow worker`: does the jobs, without the API."""

import logging

from expenseflow.app import server, startup
from expenseflow.app.cli import common
from expenseflow.infra.settings import Settings


def worker() -> int:
    """Do report jobs until stopped.

    Start as many as you like, on as many machines. On Ctrl-C or SIGTERM a job that is under way
    is finished within five seconds or handed to another worker.
    """
    settings = common.begin(level=logging.INFO)
    with startup.open_database(settings) as dsn:
        return server.run(_work(settings, dsn))


async def _work(settings: Settings, dsn: str) -> int:
    with server.Stopper().listening() as stopper:
        async with server.parts_of(settings, dsn) as parts, server.announced(parts):
            await server.keep_working(parts, stopper.stopping)
    return stopper.exit_code
