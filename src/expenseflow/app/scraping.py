"""What a worker without an API answers: its metrics, and whether it is alive.

It runs in the worker's own event loop: a loop that hangs answers nothing, and one whose work does
not come round says so.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from expenseflow.app import listening, server
from expenseflow.app.wiring import Parts
from expenseflow.infra.metrics.process import CONTENT_TYPE, Metrics

DEAD_SECONDS = 60.0
"""The worker's loop comes round each second; a silent database holds it up for some 15 s."""
_GRACE_SECONDS = 1
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def scraped(parts: Parts, listener: socket.socket | None) -> AsyncGenerator[None]:
    """Answer there for as long as the block runs; without a listener nobody does."""
    if listener is None:
        yield
        return
    answering = server.Quiet(server.quiet_config(application(parts.metrics), grace=_GRACE_SECONDS))
    serving = asyncio.create_task(answering.serve(sockets=[listener]))
    await server.has_started(answering, serving)
    _log.info("worker.scraped", address=listening.address(listener))
    try:
        yield
    finally:
        answering.should_exit = True
        await serving


def application(metrics: Metrics) -> Starlette:
    """`/metrics` and `/health/live` over these metrics."""

    async def live(_request: Request) -> Response:
        if metrics.worker.silent_seconds > DEAD_SECONDS:
            return JSONResponse({"status": "stuck"}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "alive"})

    async def tell(_request: Request) -> Response:
        return Response(metrics.text(), media_type=CONTENT_TYPE)

    return Starlette(routes=[Route("/health/live", live), Route("/metrics", tell)])
