"""What may come in at all: how much, of which type, readable as text.

All of it is decided here, before any route runs, so that no route has to think of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from expenseflow.web.crowd import Room

JSON_LIMIT = 1_000_000
FORM_SLACK = 1_000_000
"""What a form needs beside the file in it."""
FIRST_SECONDS = 10.0
LEAST_RATE = 10_000
"""Bytes a second; a slow mobile line sends more."""
BODIES_AT_ONCE = 128
"""Bodies of 1 MB that are coming in; they hold no other place meanwhile."""
BODIES_OF_STRANGERS = 16
"""Of these, those of people who have not signed in."""
OPEN = frozenset({"/api/sign-in"})
DRAIN_LIMIT = 512_000_000
"""How much of a refused body is still read: a client that is sending cannot read our refusal."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many bytes are read, and what is said about more."""

    size: int
    words: str

    def passed(self) -> HTTPException:
        return HTTPException(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self.words, {"Connection": "close"}
        )


_JSON = Limit(JSON_LIMIT, f"The body is larger than {JSON_LIMIT // 1_000_000} MB.")


class BodyGuard:
    """Refuses bodies that are too large, of a wrong type or no UTF-8, and NULs in addresses.

    JSON is read whole (it is small) and handed on; uploads are counted while they stream.
    """

    def __init__(self, app: ASGIApp, *, max_upload_mb: int, uploads: Iterable[str]) -> None:
        self._app = app
        upload = f"The upload is larger than the {max_upload_mb} MB a file may have here."
        self._upload_limit = Limit(max_upload_mb * 1_000_000 + FORM_SLACK, upload)
        self._uploads = frozenset(uploads)
        self._bodies, self._strangers = Room(BODIES_AT_ONCE), Room(BODIES_OF_STRANGERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _check_address(scope)
        headers = Headers(scope=scope)
        if not _has_body(headers):
            await self._app(scope, receive, send)
            return
        receive = _in_time(receive)
        if scope["path"] in self._uploads:
            await self._check(receive, headers, "multipart/form-data", limit=self._upload_limit)
            await self._app(scope, _counted(receive, self._upload_limit), send)
        elif not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)  # nothing there reads a body
        else:
            await self._check(receive, headers, "application/json", limit=_JSON)
            with self._strangers.place() if scope["path"] in OPEN else self._bodies.place():
                body = await _read(receive, _JSON)
            await self._app(scope, _replay(body, receive), send)

    @staticmethod
    async def _check(receive: Receive, headers: Headers, wanted: str, *, limit: Limit) -> None:
        if _declared_length(headers) > limit.size:
            await _drain(receive)
            raise limit.passed()
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != wanted:
            await _drain(receive)
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send the body as {wanted}.")


def _check_address(scope: Scope) -> None:
    if "\0" in scope["path"]:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The query holds a NUL character.")


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _declared_length(headers: Headers) -> int:
    try:
        return int(headers.get("content-length", "0"))
    except ValueError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "Content-Length is not a number.") from error


async def _read(receive: Receive, limit: Limit) -> bytes:
    parts: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(HTTPStatus.BAD_REQUEST, "The body ended too early.")
        part = message.get("body", b"")
        size += len(part)
        more = message.get("more_body", False)
        if size > limit.size:
            await _drain(receive, more=more)
            raise limit.passed()
        parts.append(part)
    body = b"".join(parts)
    _check_text(body)
    return body


def _check_text(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The body is not UTF-8 text.") from error


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed


def _in_time(receive: Receive) -> Receive:
    """Who sends a byte a second would hold what a request holds for days.

    A body has `FIRST_SECONDS`, and a second more for each `LEAST_RATE` bytes that have come.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + FIRST_SECONDS
    more = True

    async def in_time() -> Message:
        nonlocal end, more
        if not more:
            return await receive()  # now they wait for us
        try:
            async with asyncio.timeout_at(end):
                message = await receive()
        except TimeoutError as error:
            words = f"The body came at less than {LEAST_RATE // 1000} KB a second."
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, words, {"Connection": "close"}
            ) from error
        end += len(message.get("body", b"")) / LEAST_RATE
        more = message.get("more_body", False)
        return message

    return in_time


def _counted(receive: Receive, limit: Limit) -> Callable[[], Awaitable[Message]]:
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit.size:
            await _drain(receive, more=message.get("more_body", False))
            raise limit.passed()  # FastAPI hands an HTTPException from here on unchanged
        return message

    return counted


async def _drain(receive: Receive, *, more: bool = True) -> None:
    """Read on and throw away, within reason."""
    size = 0
    while more and size < DRAIN_LIMIT:
        message = await receive()
        size += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
