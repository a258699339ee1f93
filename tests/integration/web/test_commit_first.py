"""The request's transaction is committed before the client has the answer.

With FastAPI's default scope of a `yield` dependency it was the other way round: a 202 could be
followed by a 404 for the same job, and a commit that failed had already been answered 2xx.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text
from tests.support.identity import parts_for

from expenseflow.app.web import create_app
from expenseflow.infra.db import Database
from expenseflow.web.deps import DatabaseDep, SessionDep


@contextlib.asynccontextmanager
async def _served(app: FastAPI) -> AsyncGenerator[httpx.AsyncClient]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            yield client
    finally:
        server.should_exit = True
        await task
        listener.close()


@pytest.fixture
async def client(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with db.transaction() as session:
        await session.execute(text("CREATE TABLE commit_first (id int PRIMARY KEY)"))
        # Deferred: the conflict is found by the commit, not by the INSERT.
        await session.execute(
            text(
                "ALTER TABLE commit_first ADD COLUMN parent int "
                "REFERENCES commit_first DEFERRABLE INITIALLY DEFERRED"
            )
        )
    async with _served(_app(db)) as client:
        yield client
    async with db.transaction() as session:
        await session.execute(text("DROP TABLE commit_first"))


def _app(db: Database) -> FastAPI:
    app = create_app(parts_for(db))

    @app.post("/rows/{row}")
    async def add(row: int, session: SessionDep, parent: int | None = None) -> dict[str, Any]:
        await session.execute(
            text("INSERT INTO commit_first VALUES (:row, :parent)"), {"row": row, "parent": parent}
        )
        return {"row": row}

    @app.get("/rows/{row}")
    async def has(row: int, database: DatabaseDep) -> bool:
        async with database.transaction() as session:
            query = text("SELECT count(*) FROM commit_first WHERE id = :row")
            return await session.scalar(query, {"row": row}) == 1

    return app


async def test_what_was_answered_is_there(client: httpx.AsyncClient) -> None:
    for row in range(50):
        assert (await client.post(f"/rows/{row}")).status_code == 200
        assert (await client.get(f"/rows/{row}")).json() is True


async def test_a_commit_that_fails_is_not_answered_2xx(client: httpx.AsyncClient) -> None:
    answer = await client.post("/rows/1", params={"parent": 99})
    assert answer.status_code == 500
    assert answer.json()["type"].endswith("/unexpected")
    assert (await client.get("/rows/1")).json() is False


async def test_a_refused_200_mb_upload_can_read_its_refusal(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 1_000_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    # No token: 401 comes first and the connection may break; what must not come is a 500.
    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        answer = await client.post("/api/statements", content=endless(), headers=headers)
        assert answer.status_code == 401
    assert (await client.get("/health/live")).status_code == 200
