"""Going away so that nobody notices: say so, answer until nobody comes any more, then stop."""

import asyncio
from http import HTTPStatus

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from expenseflow.app.problem_answers import Problem
from expenseflow.app.problems import Shape
from expenseflow.report_jobs.live.hub import Hub

NOT_READY = Shape("not-ready", "Not ready", HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "2"})
_log = structlog.get_logger(__name__)

_STEP_SECONDS = 0.1


class Drain:
    """Whether this process is about to stop."""

    def __init__(self) -> None:
        self.is_on = False

    async def run(self, hub: Hub, seconds: float) -> None:
        """Be not ready for so long, and answer all the same; event streams end one by one.

        They end in the second half: a client that comes back at once must not be sent here again.
        """
        self.is_on = True
        _log.info("server.draining", seconds=seconds, streams=len(hub))
        await asyncio.sleep(seconds / 2)
        steps = max(1, int(seconds / 2 / _STEP_SECONDS))
        for left in range(steps, 0, -1):
            hub.dismiss(left)
            await asyncio.sleep(seconds / 2 / steps)


def leaving() -> Problem:
    """What is said to whoever should go elsewhere."""
    detail = "This server is about to stop."
    return Problem(NOT_READY, detail, {"checks": {"server": "draining"}})


class LastAnswers:
    """During the drain each answer ends its connection; the next one is opened elsewhere.

    Whoever balances by connections (a Kubernetes Service does) cannot move one that stays open.
    What has no answer when the server stops is told to come again, rather than that we are broken.
    """

    def __init__(self, app: ASGIApp, *, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def closing(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            if self._drain.is_on and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        try:
            await self._app(scope, receive, closing)
        except asyncio.CancelledError:
            if has_begun or not self._drain.is_on or scope["type"] != "http":
                raise
            await leaving().answer(scope["path"])(scope, receive, closing)
