"""Event streams over a real socket: the newest state at once, and nothing else for long."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from starlette.types import Message
from tests.support import factories, streams, workers
from tests.support.identity import Visitors
from tests.support.streams import Server
from tests.support.workers import Bench

from expenseflow.identity.tokens import Claims
from expenseflow.infra import notifications
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.live import hearing
from expenseflow.report_jobs.live.hub import TURNS, Hub, Watcher
from expenseflow.report_jobs.live.streaming import EventStream
from expenseflow.report_jobs.repository import claims, jobs

ANN = "ann@example.com"
STREAMS = 200


@pytest.fixture
async def visitors(db: Database) -> AsyncIterator[Visitors]:
    """Ann, whose database sessions announce what they change, as those of every process do."""
    those = Visitors(db, announces=True)
    async with those.parts.database.transaction() as session:
        await factories.a_chart(session)
        await factories.some_transactions(
            session, (await those.user(ANN)).id, descriptions=["SHELL OIL 5744", "QWXZ PLK"]
        )
    yield those
    await those.close()


@pytest.fixture
async def bench(visitors: Visitors) -> AsyncIterator[Bench]:
    async with workers.bench(visitors.parts.database) as one:
        yield one


@pytest.fixture
async def server(visitors: Visitors) -> AsyncIterator[Server]:
    async with streams.serving(visitors) as one:
        yield one


async def begun(server: Server, bench: Bench) -> tuple[UUID, UUID]:
    user = await server.visitors.user_id(ANN)
    return user, await bench.start_job(user)


async def move(server: Server, job_id: UUID, **values: object) -> None:
    """A worker's step, which raises the version."""
    async with server.visitors.parts.database.transaction() as session:
        state = await jobs.state_of(session, job_id)
        assert state is not None
        await jobs.progress(session, job_id, state[1], values)


async def claim(server: Server, job_id: UUID) -> None:
    async with server.visitors.parts.database.transaction() as session:
        assert await claims.claim(session, job_id) is not None


async def test_a_job_is_told_to_its_end_and_then_the_stream_ends(
    server: Server, bench: Bench
) -> None:
    _, job_id = await begun(server, bench)
    async with server.stream(server.of_job(job_id)) as stream:
        first = await stream.next()
        assert (first.name, first.data["status"], first.data["queuePosition"]) == (
            "job", "Pending", 0,
        )  # fmt: skip
        assert stream.answer.headers["content-type"].startswith("text/event-stream")
        assert stream.answer.headers["cache-control"] == "no-store"
        assert stream.answer.headers["x-accel-buffering"] == "no"
        await bench.runner.answer(job_id)
        events = await stream.until("Completed")
        assert events[-1].data["generatedReportId"]
        ids = [int(event.id or 0) for event in [first, *events]]
        assert ids == sorted(set(ids))
        assert await stream.next_or_end() is None


async def test_the_data_are_those_that_polling_gets(server: Server, bench: Bench) -> None:
    _, job_id = await begun(server, bench)
    await bench.runner.answer(job_id)
    token = await server.token()
    async with server.stream(server.of_job(job_id), token=token) as stream:
        event = await stream.next()
        assert await stream.next_or_end() is None
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.get(
            f"/api/report-jobs/{job_id}", headers={"Authorization": f"Bearer {token}"}
        )
    assert event.data == answer.json()


async def test_who_has_the_final_state_gets_204_and_who_has_another_goes_on(
    server: Server, bench: Bench
) -> None:
    _, job_id = await begun(server, bench)
    path = server.of_job(job_id)
    async with server.stream(path) as stream:
        pending = await stream.next()
    assert pending.id is not None
    async with server.stream(path, **{"Last-Event-ID": pending.id}) as stream:
        await bench.runner.answer(job_id)
        events = await stream.until("Completed")
        assert pending.id not in [event.id for event in events]
    final = events[-1].id
    assert final is not None
    async with server.stream(path, **{"Last-Event-ID": final}) as stream:
        assert (stream.answer.status_code, await stream.next_or_end()) == (204, None)
    for stale in (pending.id, "0", "99999", "no number"):
        async with server.stream(path, **{"Last-Event-ID": stale}) as stream:
            assert (await stream.next()).id == final


async def test_many_changes_come_as_few_newest_states(server: Server, bench: Bench) -> None:
    _, job_id = await begun(server, bench)
    await claim(server, job_id)
    async with server.stream(server.of_job(job_id)) as stream:
        await stream.next()
        started = asyncio.get_running_loop().time()
        for number in range(100):
            await move(server, job_id, waiting_for=f"step {number}")
        events = [await stream.next()]
        while "step 99" not in events[-1].data["statusMessage"]:
            events.append(await stream.next())
        seconds = asyncio.get_running_loop().time() - started
    assert len(events) <= seconds / hearing.READ_EVERY_SECONDS + 2


async def test_all_jobs_of_a_person_on_one_stream(server: Server, bench: Bench) -> None:
    user, job_id = await begun(server, bench)
    async with server.visitors.parts.database.transaction() as session:
        await factories.some_transactions(session, user, "2026-02", descriptions=["COFFEE"])
    stranger = await workers.a_month(server.visitors.parts.database, "TEA")
    async with server.stream("/api/report-jobs/events", **{"Last-Event-ID": "7"}) as stream:
        snapshot = await stream.next()
        assert (snapshot.name, [job["id"] for job in snapshot.data]) == ("snapshot", [str(job_id)])
        await bench.start_job(stranger)
        other = await bench.start_job(user, "2026-02")
        new = await stream.next()
        assert (new.name, new.data["id"], new.data["status"]) == ("job", str(other), "Pending")
        await bench.runner.answer(job_id)
        seen = [await stream.next()]
        while seen[-1].data["status"] != "Completed":
            seen.append(await stream.next())
        assert {event.data["id"] for event in seen} <= {str(job_id), str(other)}


async def test_nobody_watches_what_is_not_theirs(server: Server, bench: Bench) -> None:
    _, job_id = await begun(server, bench)
    bob = await server.token("bob@example.com")
    async with server.stream(server.of_job(job_id), token=bob) as stream:
        assert stream.answer.status_code == 404
    async with server.stream("/api/report-jobs/events", token=bob) as stream:
        assert (await stream.next()).data == []
    for path in (server.of_job(job_id), "/api/report-jobs/events"):
        async with server.stream(path, token="none") as stream:  # no token at all
            assert stream.answer.status_code == 401


async def test_a_stream_holds_no_pooled_connection(server: Server, bench: Bench) -> None:
    _, job_id = await begun(server, bench)
    pool = server.visitors.parts.database.engine.pool
    async with (
        server.stream(server.of_job(job_id)) as one,
        server.stream("/api/report-jobs/events") as all_,
    ):
        await one.next()
        await all_.next()

        async def idle() -> bool:
            return pool.checkedout() == 0  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]  # of QueuePool

        assert await workers.until(idle, seconds=5)


async def test_more_streams_than_allowed_are_refused(db: Database) -> None:
    visitors = Visitors(db, announces=True, streams_per_user=2)
    async with streams.serving(visitors) as server:
        path = "/api/report-jobs/events"
        async with server.stream(path) as one, server.stream(path) as two:
            await one.next()
            await two.next()
            async with server.stream(path) as third:
                assert third.answer.status_code == 429
                assert third.answer.headers["retry-after"] == "10"
                await third.answer.aread()
                assert third.answer.json()["type"] == "/problems/too-many-streams"
            bob = await server.token("bob@example.com")
            async with server.stream(path, token=bob) as anothers:
                await anothers.next()

        async def none_left() -> bool:
            return len(visitors.parts.hub) == 0

        assert await workers.until(none_left)
        async with server.stream(path) as again:
            await again.next()
    await visitors.close()


async def test_a_head_is_answered_at_once(server: Server, bench: Bench) -> None:
    _, job_id = await begun(server, bench)
    headers = {"Authorization": f"Bearer {await server.token()}"}
    async with httpx.AsyncClient(base_url=server.url, timeout=5) as client:
        answer = await client.head(server.of_job(job_id), headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_server_that_stops_says_goodbye_on_every_stream(db: Database) -> None:
    """So none is waited for until the grace time of the server is over, and then cut."""
    visitors = Visitors(db, announces=True, streams_per_user=STREAMS)
    try:
        ended = await _end_of_streams(visitors)
    finally:
        await visitors.close()
    assert ended == ["this server stops, come back"] * STREAMS


async def _end_of_streams(visitors: Visitors) -> list[str]:
    """The last thing that each of many clients heard of a server that stops."""
    ended: list[str] = []
    opening = asyncio.Semaphore(10)  # on a busy machine more at once would be refused
    left = asyncio.Semaphore(0)

    async def watch(server: Server) -> None:
        await opening.acquire()
        async with server.stream("/api/report-jobs/events") as stream:
            await stream.next()
            opening.release()
            left.release()
            assert await stream.next_or_end(seconds=60) is None
            ended.append(stream.comments[-1])

    async with (
        asyncio.timeout(60),
        asyncio.TaskGroup() as group,
        streams.serving(visitors) as server,
    ):
        for _ in range(STREAMS):
            group.create_task(watch(server))
        for _ in range(STREAMS):
            await left.acquire()
    return ended


async def test_who_signed_out_sees_no_more(
    visitors: Visitors, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hearing, "SIGN_INS_EVERY_SECONDS", 0.05)
    async with streams.serving(visitors) as server:
        _, job_id = await begun(server, bench)
        async with server.stream(server.of_job(job_id)) as stream:
            await stream.next()
            async with visitors.parts.database.transaction() as session:
                await session.execute(text("UPDATE sign_ins SET revoked_at = now()"))
            while await stream.next_or_end() is not None:
                pass


def beat(hub: Hub, *, rounds: int = 1) -> None:
    """As time does, every fifteen seconds."""
    for turn in range(rounds * TURNS):
        hub.beat(turn % TURNS)


async def test_a_silent_stream_says_that_it_lives(server: Server) -> None:
    async with server.stream("/api/report-jobs/events") as stream:
        await stream.next()
        beat(server.visitors.parts.hub)
        with pytest.raises(TimeoutError):
            await stream.next(seconds=1)
        assert "still here" in stream.comments


async def test_a_client_that_takes_nothing_is_cut(visitors: Visitors) -> None:
    hub = Hub(per_user=20)
    watcher = Watcher(Claims(await visitors.user_id(ANN), new_id()))
    stuck, never = asyncio.Event(), asyncio.Event()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            stuck.set()
            await never.wait()

    async def receive() -> Message:
        await never.wait()
        return {"type": "http.disconnect"}

    stream = EventStream(hub, watcher, b"event: snapshot\ndata: []\n\n")
    task = asyncio.create_task(stream({"type": "http"}, receive, send))
    await stuck.wait()
    beat(hub)
    await asyncio.sleep(0)
    assert not task.done()
    beat(hub)

    await task
    assert len(hub) == 0


async def test_a_client_that_takes_what_it_gets_is_not_cut(server: Server) -> None:
    hub = server.visitors.parts.hub
    async with server.stream("/api/report-jobs/events") as stream:
        await stream.next()
        reading = asyncio.create_task(stream.next_or_end(seconds=60))
        for number in range(1, 6):
            beat(hub)

            async def is_told(beats: int = number) -> bool:
                return stream.comments.count("still here") >= beats

            assert await workers.until(is_told)
        assert len(hub) == 1
        reading.cancel()


async def test_clients_that_vanish_leave_nothing_behind(server: Server, bench: Bench) -> None:
    _, job_id = await begun(server, bench)
    hub, token = server.visitors.parts.hub, await server.token()
    host, _, port = server.url.removeprefix("http://").partition(":")
    for _ in range(15):
        vanishing: list[asyncio.StreamWriter] = []
        for _ in range(10):
            _, writer = await asyncio.open_connection(host, int(port))
            linger = struct.pack("ii", 1, 0)  # close() then resets the connection
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.write(
                f"GET {server.of_job(job_id)} HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Authorization: Bearer {token}\r\n\r\n".encode()
            )
            vanishing.append(writer)
        for writer in vanishing:
            writer.transport.abort()

        async def none_left() -> bool:
            return len(hub) == 0

        assert await workers.until(none_left)
    async with server.stream(server.of_job(job_id)) as stream:
        await stream.next()
        assert len(hub) == 1


async def _cut(database: Database, name: str) -> None:
    async with database.transaction() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = :name AND datname = current_database()"
            ),
            {"name": name},
        )


async def test_a_lost_listener_comes_back_and_catches_up(server: Server, bench: Bench) -> None:
    _, job_id = await begun(server, bench)
    await claim(server, job_id)
    hub = server.visitors.parts.hub
    async with server.stream(server.of_job(job_id)) as stream:
        await stream.next()
        await _cut(server.visitors.parts.database, "expenseflow listener")
        await move(server, job_id, waiting_for="meanwhile")
        while "meanwhile" not in (await stream.next()).data["statusMessage"]:
            pass

        async def hears() -> bool:
            return hub.is_hearing

        await workers.until(hears)
        await move(server, job_id, waiting_for="afterwards")
        while "afterwards" not in (await stream.next()).data["statusMessage"]:
            pass


async def test_without_a_listener_it_is_found_by_asking_and_readiness_says_so(
    server: Server, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "AGAIN_SECONDS", 3600)
    _, job_id = await begun(server, bench)
    await claim(server, job_id)
    async with server.stream(server.of_job(job_id)) as stream:
        await stream.next()
        await _cut(server.visitors.parts.database, "expenseflow listener")

        async def is_deaf() -> bool:
            return not server.visitors.parts.hub.is_hearing

        await workers.until(is_deaf)
        async with httpx.AsyncClient(base_url=server.url) as client:
            ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["checks"]["events"]) == (200, "degraded: polling")
        await move(server, job_id, waiting_for="unheard")
        while "unheard" not in (await stream.next()).data["statusMessage"]:
            pass


async def test_what_is_said_while_the_database_is_away_is_said_later(
    server: Server, bench: Bench
) -> None:
    _, job_id = await begun(server, bench)
    await claim(server, job_id)
    async with server.stream(server.of_job(job_id)) as stream:
        await stream.next()
        await _cut(server.visitors.parts.database, "expenseflow announcer")
        await move(server, job_id, waiting_for="unsaid")
        while "unsaid" not in (await stream.next(seconds=4)).data["statusMessage"]:
            pass


async def test_a_job_that_nobody_announced_is_found_though_it_has_ended(
    server: Server, db: Database
) -> None:
    """It began and ended while this process was deaf."""
    user = await server.visitors.user_id(ANN)
    async with workers.bench(db) as silent, server.stream("/api/report-jobs/events") as stream:
        assert (await stream.next()).data == []
        job = await silent.finished(user, await silent.start_job(user))
        event = await stream.next(seconds=30)
    assert (event.data["id"], event.data["status"]) == (str(job.id), "Completed")


async def test_what_had_ended_before_the_client_came_is_no_news(
    server: Server, bench: Bench
) -> None:
    _, job_id = await begun(server, bench)
    await bench.runner.answer(job_id)
    async with server.stream("/api/report-jobs/events") as stream:
        assert (await stream.next()).data == []
        with pytest.raises(TimeoutError):
            await stream.next(seconds=1)


async def test_a_job_that_ends_before_the_stream_listens_is_read_again() -> None:
    hub, job_id = Hub(per_user=20), new_id()
    watcher = Watcher(Claims(new_id(), new_id()))
    watcher.knows(job_id, 1, b"{}")
    with hub.watching(watcher):
        jobs_to_read, _ = await hub.dirty()
    assert jobs_to_read == {job_id}


async def test_a_stream_that_goes_on_tells_the_place_in_the_queue(
    server: Server, bench: Bench
) -> None:
    async with server.visitors.parts.database.transaction() as session:
        bob = await factories.a_user(session)
        await factories.some_transactions(session, bob)
    before = await bench.start_job(bob)
    _, job_id = await begun(server, bench)
    async with server.stream(server.of_job(job_id)) as stream:
        first = await stream.next()
        assert first.data["queuePosition"] == 1
    async with server.stream(server.of_job(job_id), **{"Last-Event-ID": first.id or ""}) as stream:
        await bench.cancel(bob, before)
        assert (await stream.next()).data["queuePosition"] == 0
