"""More than a process can do at once is refused at once, and what is slow holds nothing."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from tests.support.identity import Visitors
from tests.support.statements import COFFEE, csv
from tests.support.streams import Server

from expenseflow.app.problem_answers import ProblemAnswers
from expenseflow.app.web import create_app
from expenseflow.infra.db import Database
from expenseflow.infra.patience import BACKSTAGE
from expenseflow.statements import desk
from expenseflow.web import body
from expenseflow.web.crowd import Crowd

AT_ONCE = 50


@asynccontextmanager
async def raw(
    server: Server, path: str, *, length: int, media_type: str = "application/json"
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A POST of Ann whose head has been sent, and none of its body."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: {media_type}\r\n"
        f"Authorization: Bearer {await server.token()}\r\nContent-Length: {length}\r\n\r\n".encode()
    )
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_two_hundred_posts_a_minute_are_exactly_that_from_fifty_connections(
    server: Server,
) -> None:
    headers = {"Authorization": f"Bearer {await server.token()}"}
    started = time.monotonic()
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
        gate = asyncio.Semaphore(AT_ONCE)

        async def post(number: int) -> httpx.Response:
            period = f"{2000 + number // 12}-{number % 12 + 1:02d}"
            async with gate:
                return await client.post("/api/report-jobs", json={"period": period})

        answers = await asyncio.gather(*(post(number) for number in range(230)))
    taken = time.monotonic() - started

    assert Counter(answer.status_code for answer in answers) == {422: 200, 429: 30}
    waits = [int(one.headers["retry-after"]) for one in answers if one.status_code == 429]
    assert all(60 - math.ceil(taken) <= wait <= 60 for wait in waits)


async def test_twenty_streams_are_exactly_that_from_fifty_connections(server: Server) -> None:
    headers = {"Authorization": f"Bearer {await server.token()}"}
    async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60) as client:
        wanted = [client.build_request("GET", "/api/report-jobs/events") for _ in range(AT_ONCE)]
        answers = await asyncio.gather(*(client.send(one, stream=True) for one in wanted))
        assert Counter(answer.status_code for answer in answers) == {200: 20, 429: AT_ONCE - 20}
        assert all(one.headers["retry-after"] for one in answers if one.status_code == 429)
        await asyncio.gather(*(answer.aclose() for answer in answers))


async def test_more_requests_than_a_process_can_do_are_refused_but_health_is_told() -> None:
    going_on = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith("/health"):
            await going_on.wait()
        await PlainTextResponse("done")(scope, receive, send)

    app = ProblemAnswers(Crowd(slow, requests=3, streams=1))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        inside = [asyncio.create_task(client.get("/api/me")) for _ in range(3)]
        await asyncio.sleep(0)
        inside.append(asyncio.create_task(client.get("/api/report-jobs/events")))
        refused = await client.get("/api/me")
        assert (await client.get("/health/live")).status_code == 200
        going_on.set()
        answers = [await one for one in inside]
        assert (await client.get("/api/me")).status_code == 200

    assert refused.status_code == 503
    assert 1 <= int(refused.headers["retry-after"]) <= 4
    assert refused.headers["content-type"] == "application/problem+json"
    assert [answer.status_code for answer in answers] == [200] * 4


@pytest.mark.parametrize(
    ("path", "media_type", "status"),
    [
        ("/api/report-jobs", "application/json", 408),
        ("/api/statements", "multipart/form-data; boundary=x", 408),
        ("/api/report-jobs", "text/plain", 415),
    ],
)
async def test_a_body_that_comes_a_byte_at_a_time_is_cut_off(
    server: Server, path: str, media_type: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "FIRST_SECONDS", 0.3)
    async with raw(server, path, length=10_000, media_type=media_type) as (reader, writer):
        for byte in b"--x\r\n":  # no more: whoever is still sending may miss the answer
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)
        async with asyncio.timeout(20):
            answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in answer


async def test_a_slow_upload_holds_neither_a_connection_nor_a_turn(server: Server) -> None:
    headers = {"Authorization": f"Bearer {await server.token()}"}
    async with (
        raw(server, "/api/statements", length=999, media_type="multipart/form-data; boundary=x"),
        raw(server, "/api/statements", length=999, media_type="multipart/form-data; boundary=x"),
        httpx.AsyncClient(base_url=server.url, headers=headers) as client,
    ):
        answer = await client.post("/api/statements", files={"file": ("a.csv", csv(COFFEE))})
        assert answer.status_code == 201


async def test_one_person_sends_so_many_files_at_once_and_others_still_send_theirs() -> None:
    counter = desk.Desk()
    ann, bob = uuid4(), uuid4()
    places = [counter.place(ann) for _ in range(desk.PER_PERSON)]
    for place in places:
        place.__enter__()
    with pytest.raises(desk.TooManyUploads) as refusal, counter.place(ann):
        pass
    assert refusal.value.fields["retry_after"]
    with counter.place(bob):
        pass
    places[0].__exit__(None, None, None)
    with counter.place(ann):
        pass


async def test_uploads_of_all_people_together_are_bounded() -> None:
    counter = desk.Desk()
    places = [counter.place(uuid4()) for _ in range(desk.UPLOADS_AT_ONCE)]
    for place in places:
        place.__enter__()
    with pytest.raises(desk.UploadsAreBusy), counter.place(uuid4()):
        pass


async def test_a_file_waits_for_its_turn_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PATIENCE_SECONDS", 0.05)
    counter = desk.Desk()
    turns = [counter.turn() for _ in range(desk.READ_AT_ONCE)]
    for turn in turns:
        await turn.__aenter__()
    with pytest.raises(desk.UploadsAreBusy):
        await counter.turn().__aenter__()
    await turns[0].__aexit__(None, None, None)
    async with counter.turn():
        pass


async def test_strangers_who_send_slowly_hold_nobody_up(server: Server) -> None:
    slow = [raw(server, "/api/sign-in", length=900_000) for _ in range(150)]
    async with AsyncExitStack() as stack:
        for one in slow:
            _, writer = await stack.enter_async_context(one)
            writer.write(b"{")
        headers = {"Authorization": f"Bearer {await server.token()}"}
        for _ in range(5):
            assert (await server.client.get("/api/me", headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/x/events", "/health/x", "/nothing"])
async def test_a_body_that_nothing_reads_is_not_waited_for(server: Server, path: str) -> None:
    async with raw(server, path, length=900_000) as (reader, writer):
        writer.write(b"{" * 1000)
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)
    assert answer.split()[1] in {b"404", b"405"}


async def test_a_server_is_ready_while_requests_use_all_connections(db: Database) -> None:
    visitors = Visitors(db, announces=True)
    backstage = Database(db.dsn, pool_size=2, patience=BACKSTAGE)
    visitors.app = create_app(replace(visitors.parts, backstage=backstage))
    client = visitors.anonymous()
    async with AsyncExitStack() as busy:
        for _ in range(visitors.parts.database.pool().size):
            session = await busy.enter_async_context(visitors.parts.database.transaction())
            await session.execute(text("SELECT 1"))
        assert (await client.get("/health/ready")).status_code == 200
        assert "expenseflow_database_up 1.0" in (await client.get("/metrics")).text
    await backstage.close()
    await visitors.close()
