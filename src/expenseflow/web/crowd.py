"""How many exchanges one process has under way: more are refused at once instead of piling up."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

REQUESTS_AT_ONCE = 400
"""What two processors answer in some two seconds; who comes behind them would not wait for it."""
STREAMS_AT_ONCE = 10_000
"""Event streams wait most of the time; one takes some 36 KB."""
_ALWAYS = ("/health/", "/metrics")
_BACK_IN_SECONDS = "2"


class Crowd:
    """Lets so many in; health and metrics always get through."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        requests: int = REQUESTS_AT_ONCE,
        streams: int = STREAMS_AT_ONCE,
    ) -> None:
        self._app = app
        self._most = {"requests": requests, "streams": streams}
        self._inside = {"requests": 0, "streams": 0}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
            await self._app(scope, receive, send)
            return
        kind = "streams" if scope["path"].endswith("/events") else "requests"
        if self._inside[kind] >= self._most[kind]:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Too much is asked at once. Try again in a moment.",
                {"Retry-After": _BACK_IN_SECONDS},
            )
        self._inside[kind] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._inside[kind] -= 1
