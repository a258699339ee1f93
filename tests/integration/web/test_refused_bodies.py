"""A body that is refused holds no place, whatever of it is still to come."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.support.streams import Server

from expenseflow.identity.gate import OPEN_ROUTES
from expenseflow.web import body, crowd
from expenseflow.web.body import BodyGuard
from expenseflow.web.crowd import Crowd

JSON = "application/json"
FORM = "multipart/form-data; boundary=x"
UPLOADS = ("/api/statements",)


async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    """As FastAPI does: a refusal that comes out of reading is answered in there."""
    try:
        while (await receive()).get("more_body"):
            pass
    except HTTPException as refusal:
        await PlainTextResponse("refused in there", refusal.status_code)(scope, receive, send)
    else:
        await PlainTextResponse("read")(scope, receive, send)


def guarded() -> BodyGuard:
    return BodyGuard(
        Crowd(reads_all, uploads=UPLOADS), max_upload_mb=0, uploads=UPLOADS, strangers=OPEN_ROUTES
    )


async def post(
    app: ASGIApp,
    path: str,
    receive: Callable[[], Awaitable[Message]],
    *,
    length: bytes | None = None,
) -> int:
    """The status of the answer to a body, of unknown length if none is given."""
    media_type = FORM if path in UPLOADS else JSON
    told = (b"transfer-encoding", b"chunked") if length is None else (b"content-length", length)
    headers = [(b"content-type", media_type.encode()), told]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": headers,
    }
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    try:
        await app(scope, receive, send)
    except HTTPException as refusal:
        statuses.append(refusal.status_code)
    [status] = statuses
    return status


class TooLarge:
    """Too large from the first part on, and no end of it."""

    def __init__(self) -> None:
        self.is_read_on = asyncio.Event()
        self._is_first = True

    async def __call__(self) -> Message:
        if not self._is_first:
            self.is_read_on.set()
            await asyncio.Event().wait()
        self._is_first = False
        return {"type": "http.request", "body": b"x" * 1_100_000, "more_body": True}


class Slow:
    """Nothing of it ever comes."""

    def __init__(self) -> None:
        self.begun = asyncio.Semaphore(0)

    async def __call__(self) -> Message:
        self.begun.release()
        await asyncio.Event().wait()
        raise AssertionError


async def small() -> Message:
    return {"type": "http.request", "body": b"{}", "more_body": False}


@pytest.mark.parametrize("path", sorted(OPEN_ROUTES))
async def test_strangers_who_send_too_much_are_refused_at_once_and_keep_nobody_away(
    path: str,
) -> None:
    app = guarded()
    async with asyncio.timeout(5):
        refused = [post(app, path, TooLarge()) for _ in range(50)]
        assert await asyncio.gather(*refused) == [413] * 50
        assert await post(app, path, small) == 200


@pytest.mark.parametrize("path", sorted(OPEN_ROUTES))
async def test_strangers_who_send_slowly_keep_nobody_away(path: str) -> None:
    app = guarded()

    slow = Slow()
    async with asyncio.TaskGroup() as group:
        slow_ones = [group.create_task(post(app, path, slow)) for _ in range(150)]
        for _ in range(16):
            await slow.begun.acquire()
        assert await post(app, path, small) == 200
        assert await post(app, "/api/rules", small) == 200
        for one in slow_ones:
            one.cancel()


@pytest.mark.parametrize(
    ("path", "places"),
    [("/api/rules", body.BODIES_AT_ONCE), ("/api/statements", crowd.UPLOADS_AT_ONCE)],
)
async def test_what_is_read_of_refused_bodies_holds_no_place(path: str, places: int) -> None:
    app = guarded()
    bodies = [TooLarge() for _ in range(places)]
    async with asyncio.TaskGroup() as group:
        refused = [group.create_task(post(app, path, one)) for one in bodies]
        for one in bodies:
            await one.is_read_on.wait()
        assert await post(app, path, small) == 200
        for task in refused:
            task.cancel()


async def test_people_who_send_slowly_keep_nobody_from_an_ordinary_request() -> None:
    app = guarded()

    slow = Slow()
    async with asyncio.TaskGroup() as group:
        slow_ones = [
            group.create_task(post(app, "/api/rules", slow)) for _ in range(body.BODIES_AT_ONCE)
        ]
        for _ in slow_ones:
            await slow.begun.acquire()
        assert await post(app, "/api/rules", small) == 503
        assert await post(app, "/api/rules", small, length=b"2") == 200
        for one in slow_ones:
            one.cancel()


async def test_a_refusal_stays_the_same_when_the_rest_does_not_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(body, "FIRST_SECONDS", 0.05)

    assert await post(guarded(), "/api/rules", Slow(), length=b"200000000") == 413


@pytest.mark.parametrize("path", ["/api/rules", "/api/statements"])
async def test_a_refused_body_is_read_on_only_so_long(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "DRAIN_SECONDS", 0.05)
    endless = TooLarge()
    async with asyncio.timeout(5):
        assert await post(guarded(), path, endless) == 413
    assert endless.is_read_on.is_set()


async def test_a_stranger_hears_that_a_body_is_too_large_without_sending_it(
    server: Server,
) -> None:
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"POST /api/sign-in HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {JSON}\r\n"
        f"Content-Length: {body.JSON_LIMIT + 1}\r\n\r\n{{".encode()
    )
    answer = await asyncio.wait_for(reader.read(), 5)  # to the end: the connection is closed
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


async def test_whoever_has_signed_in_may_send_a_body_to_its_end_and_hears_why_it_is_refused(
    server: Server,
) -> None:
    headers = {"Authorization": f"Bearer {await server.token()}", "Content-Type": JSON}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
        answer = await client.post("/api/report-jobs", content=b" " * 20_000_000)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
