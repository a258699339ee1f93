"""How many exchanges one process has under way: more are refused at once instead of piling up."""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

REQUESTS_AT_ONCE = 128
"""What two processors answer in about a second; who comes behind them would wait for nothing."""
UPLOADS_AT_ONCE = 64
"""They come slowly; `statements.desk` lets fewer wait, and tells whose are too many."""
STREAMS_AT_ONCE = 10_000
"""Event streams wait most of the time; one takes some 36 KB."""
_ALWAYS = ("/health/", "/metrics")
_BACK_IN_SECONDS = "2"


@dataclass(slots=True)
class _Room:
    """What is inside, and how much may be."""

    most: int
    inside: int = 0


class Crowd:
    """Lets so many in; health and metrics always get through."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        uploads: Iterable[str] = (),
        requests: int = REQUESTS_AT_ONCE,
        streams: int = STREAMS_AT_ONCE,
    ) -> None:
        self._app = app
        self._requests, self._streams = _Room(requests), _Room(streams)
        self._uploads = dict.fromkeys(uploads, _Room(UPLOADS_AT_ONCE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
            await self._app(scope, receive, send)
            return
        room = self._room(scope)
        if room.inside >= room.most:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Too much is asked at once. Try again in a moment.",
                {"Retry-After": _BACK_IN_SECONDS},
            )
        room.inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            room.inside -= 1

    def _room(self, scope: Scope) -> _Room:
        if scope["path"].endswith("/events"):
            return self._streams
        is_upload = scope["method"] == "POST" and scope["path"] in self._uploads
        return self._uploads[scope["path"]] if is_upload else self._requests
