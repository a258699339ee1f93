"""How many exchanges one process has under way: more are refused at once instead of piling up."""

import random
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

REQUESTS_AT_ONCE = 256
"""What two processors answer in somewhat more than a second: so long a pause, of the disk or of a
busy machine, is waited out. Who comes behind them would wait for nothing."""
UPLOADS_AT_ONCE = 64
"""They come slowly; `statements.desk` lets fewer wait, and tells whose are too many."""
STREAMS_AT_ONCE = 10_000
"""Event streams wait most of the time; one takes some 36 KB."""
_ALWAYS = frozenset({"/health/live", "/health/ready", "/metrics"})
_STREAMS, _EVENTS = "/api/report-jobs/", "/events"
_BACK_IN_SECONDS = (1, 4)


def too_much() -> HTTPException:
    """Come back later, and not all of you at the same time."""
    wait = random.randint(*_BACK_IN_SECONDS)  # noqa: S311  # nothing to be kept secret
    return HTTPException(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Too much is asked at once. Try again in a moment.",
        {"Retry-After": str(wait)},
    )


@dataclass(slots=True)
class Room:
    """What is inside, and how much may be."""

    most: int
    inside: int = 0

    @contextmanager
    def place(self) -> Generator[None]:
        """Held for as long as the block runs; raises an HTTPException when there is none."""
        if self.inside >= self.most:
            raise too_much()
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1


class Crowd:
    """Lets so many in, once their bodies have come; health and metrics always get through."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        uploads: Iterable[str] = (),
        requests: int = REQUESTS_AT_ONCE,
        streams: int = STREAMS_AT_ONCE,
    ) -> None:
        self._app = app
        self._requests, self._streams = Room(requests), Room(streams)
        self._uploads = dict.fromkeys(uploads, Room(UPLOADS_AT_ONCE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        with self._room(scope).place():
            await self._app(scope, receive, send)

    def _room(self, scope: Scope) -> Room:
        path: str = scope["path"]
        if path.startswith(_STREAMS) and path.endswith(_EVENTS) and scope["method"] == "GET":
            return self._streams
        is_upload = scope["method"] == "POST" and scope["path"] in self._uploads
        return self._uploads[scope["path"]] if is_upload else self._requests
