"""What may come in at all: how much, of which type, readable as text.

All of it is decided here, before any route runs, so that no route has to think of it.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from expenseflow.web.crowd import Room

JSON_LIMIT = 1_000_000
TABLE_LIMIT = 5_000_000
"""Of a whole list that is sent as CSV or JSON."""
FORM_SLACK = 1_000_000
"""What a form needs beside the file in it."""
FIRST_SECONDS = 10.0
LEAST_RATE = 10_000
"""Bytes a second; a slow mobile line sends more."""
BODIES_AT_ONCE = 128
"""Bodies of 1 MB that are coming in; they hold no other place meanwhile."""
SMALL = 16_000
"""So little needs no place, which people could take from each other by sending slowly. Of strangers
no more is read: a code has 200 letters."""
DRAIN_LIMIT, DRAIN_SECONDS = 512_000_000, 60.0
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
_TABLE = Limit(TABLE_LIMIT, f"The list is larger than {TABLE_LIMIT // 1_000_000} MB.")
_STRANGERS = Limit(SMALL, f"The body is larger than {SMALL // 1000} KB.")
_LEFT_UNREAD = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}


class BodyGuard:
    """Refuses bodies that are too large, of a wrong type or no UTF-8, and NULs in addresses.

    JSON is read whole (it is small) and handed on; uploads are counted while they stream.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_upload_mb: int,
        uploads: Iterable[str],
        strangers: Iterable[str],
        tables: Iterable[str] = (),
    ) -> None:
        """`strangers` are served there, who have not signed in; `tables` take CSV beside JSON."""
        self._app = app
        upload = f"The upload is larger than the {max_upload_mb} MB a file may have here."
        self._upload_limit = Limit(max_upload_mb * 1_000_000 + FORM_SLACK, upload)
        self._uploads = frozenset(uploads)
        self._strangers = frozenset(strangers)
        self._tables = frozenset(tables)
        self._bodies = Room(BODIES_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _check_address(scope)
        headers = Headers(scope=scope)
        if not _has_body(headers):
            await self._app(scope, receive, send)
            return
        incoming = _Incoming(receive)
        if scope["path"] in self._uploads:
            async with _read_out(incoming):
                _check(headers, "multipart/form-data", limit=self._upload_limit)
                await self._upload(scope, incoming, send)
        elif not scope["path"].startswith("/api/"):
            await self._app(scope, incoming, send)  # nothing there reads a body
        else:
            body = await self._json(incoming, headers, path=scope["path"])
            await self._app(scope, _replay(body, incoming), send)

    async def _json(self, incoming: "_Incoming", headers: Headers, *, path: str) -> bytes:
        if path in self._strangers:
            _check(headers, "application/json", limit=_STRANGERS)
            return await _read(incoming, _STRANGERS)
        types, limit = ("application/json",), _JSON
        if path in self._tables:
            types, limit = ("application/json", "text/csv"), _TABLE
        async with _read_out(incoming):
            _check(headers, *types, limit=limit)
            with nullcontext() if _is_small(headers) else self._bodies.place():
                return await _read(incoming, limit)

    async def _upload(self, scope: Scope, incoming: "_Incoming", send: Send) -> None:
        """Of a form that is too large the answer is ours, when the places in there are left."""
        limit = self._upload_limit
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await incoming()
            size += len(message.get("body", b""))
            if size > limit.size:
                raise limit.passed()  # FastAPI hands an HTTPException from here on unchanged
            return message

        async def unless_passed(message: Message) -> None:
            if size <= limit.size:
                await send(message)

        await self._app(scope, counted, unless_passed)
        if size > limit.size:
            raise limit.passed()


class _Incoming:
    """The body that is coming in.

    Who sends a byte a second would hold what a request holds for days: a body has `FIRST_SECONDS`,
    and a second more for each `LEAST_RATE` bytes that have come.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._end = asyncio.get_running_loop().time() + FIRST_SECONDS
        self._is_over = False

    async def __call__(self) -> Message:
        if self._is_over:
            return await self._receive()  # now they wait for us
        try:
            async with asyncio.timeout_at(self._end):
                message = await self._receive()
        except TimeoutError as error:
            words = f"The body came at less than {LEAST_RATE // 1000} KB a second."
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT, words, {"Connection": "close"}
            ) from error
        self._end += len(message.get("body", b"")) / LEAST_RATE
        self._is_over = not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read on and throw away, within reason."""
        size = 0
        with suppress(TimeoutError, HTTPException):  # what was refused before is what we say
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._is_over and size < DRAIN_LIMIT:
                    message = await self()
                    size += len(message.get("body", b""))


@asynccontextmanager
async def _read_out(incoming: _Incoming) -> AsyncGenerator[None]:
    """Of somebody who has signed in the rest of a refused body is read, so that they hear why.

    Not before the block has ended, and left whatever others wait for.
    """
    try:
        yield
    except HTTPException as refusal:
        if refusal.status_code in _LEFT_UNREAD:
            await incoming.drain()
        raise


def _check(headers: Headers, *wanted: str, limit: Limit) -> None:
    if _declared_length(headers) > limit.size:
        raise limit.passed()
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in wanted:
        words = f"Send the body as {' or '.join(wanted)}."
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, words, {"Connection": "close"})


def _check_address(scope: Scope) -> None:
    if "\0" in scope["path"]:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if b"%00" in scope["query_string"] or b"\0" in scope["query_string"]:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The query holds a NUL character.")


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _is_small(headers: Headers) -> bool:
    return "transfer-encoding" not in headers and _declared_length(headers) <= SMALL


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
