"""Going away so that nobody notices: say so, answer until nobody comes any more, then stop."""

import asyncio

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from expenseflow.report_jobs.live.hub import Hub

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


class LastAnswers:
    """During the drain each answer ends its connection; the next one is opened elsewhere.

    Whoever balances by connections (a Kubernetes Service does) cannot move one that stays open.
    """

    def __init__(self, app: ASGIApp, *, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def closing(message: Message) -> None:
            if self._drain.is_on and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, closing)
