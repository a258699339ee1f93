"""Visitors of the real application: anonymous ones, and ones who are signed in.

    visitors = Visitors(db)
    ann = await visitors.signed_in("ann@example.com")
    answer = await ann.get("/api/me")

They talk to `create_app` over ASGI, so an exception that no layer turned into an answer fails the
test. `visitors.close()` when done; the `visitors` fixture does it.
"""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from expenseflow.app import wiring
from expenseflow.app.web import create_app
from expenseflow.app.wiring import Parts
from expenseflow.identity import service
from expenseflow.identity.models import User
from expenseflow.identity.service import CurrentUser
from expenseflow.identity.tokens import Signer
from expenseflow.infra import logs
from expenseflow.infra.db import Database
from expenseflow.infra.queue import JobQueue
from expenseflow.infra.settings import Settings
from expenseflow.kit.clock import Clock, SystemClock
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.live.announcing import Announcer
from expenseflow.report_jobs.live.hub import Hub
from expenseflow.report_jobs.post_limit import PerMinute

ADDRESS = "http://localhost:5000"
# Without it structlog draws tracebacks with every local variable, which takes seconds.
logs.configure("json", level=logging.WARNING)
KEY = b"a key for tests, 32 bytes long.."
SIGNER = Signer(KEY)


def test_settings(**changes: object) -> Settings:
    """Settings that no file and no environment variable reaches."""
    return Settings(_env_file=None, **changes)  # pyright: ignore[reportCallIssue, reportArgumentType]


test_settings.__test__ = False  # pyright: ignore[reportFunctionMemberAccess]  # a helper, not a test


def parts_for(
    database: Database, *, clock: Clock | None = None, announces: bool = False, **settings: object
) -> Parts:
    """What `create_app` needs, over a test's database.

    With `announces` its sessions tell what they change, as those of every real process do.
    """
    the_clock = clock or SystemClock()
    chosen = test_settings(**settings)
    completer = wiring.completer_of(chosen)
    key = KEY if chosen.signing_key is None else wiring.signing_key(chosen)
    announcer = Announcer(database.dsn)
    if announces:
        database = Database(database.dsn, info=announcer.info)
    return Parts(
        settings=chosen,
        clock=the_clock,
        database=database,
        backstage=database,
        queue=JobQueue(database.dsn),
        signer=Signer(key),
        post_limit=PerMinute(the_clock),
        announcer=announcer,
        hub=Hub(per_user=chosen.streams_per_user),
        provider=wiring.provider(chosen, completer, the_clock),
        webhook=wiring.webhook(chosen),
        completer=completer,
        openid=wiring.openid_of(chosen, key, the_clock),
    )


class Visitors:
    """Opens clients on one application."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock | None = None,
        announces: bool = False,
        **settings: object,
    ) -> None:
        self.parts = parts_for(database, clock=clock, announces=announces, **settings)
        self._own = self.parts.database if announces else None
        if not announces:
            self.parts.hub.close()  # over ASGI an answer is read to its end, so streams must end
        self.app: FastAPI = create_app(self.parts)
        self._clients: list[httpx.AsyncClient] = []

    def anonymous(self, **headers: str) -> httpx.AsyncClient:
        """Somebody who is not signed in."""
        transport = httpx.ASGITransport(app=self.app)
        client = httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers)
        self._clients.append(client)
        return client

    async def signed_in(self, email: str = "ann@example.com") -> httpx.AsyncClient:
        """Somebody with a Bearer token."""
        return self.anonymous(Authorization=f"Bearer {await self.token(email)}")

    async def from_provider(self, email: str = "carl@example.com") -> httpx.AsyncClient:
        """Somebody with a Bearer token who came from an OpenID provider, and is no admin."""
        user = User(
            id=new_id(), email=email, issuer="https://login.example.com", subject=email,
            created_at=self.parts.clock.now(),
        )  # fmt: skip
        async with self.parts.database.transaction() as session:
            session.add(user)
            await session.flush()
            person = CurrentUser(user.id, email, is_admin=False)
            token = await service.issue_token(
                session, person, signer=SIGNER, now=self.parts.clock.now()
            )
        return self.anonymous(Authorization=f"Bearer {token}")

    async def with_cookie(self, email: str = "ann@example.com") -> httpx.AsyncClient:
        """Somebody who came by a sign-in link, on one of our own pages."""
        client = self.anonymous(Origin=ADDRESS)
        answer = await client.post("/api/sign-in", json={"code": await self.code(email)})
        assert answer.status_code == 200, answer.text
        return client

    async def user(self, email: str = "ann@example.com") -> CurrentUser:
        async with self.parts.database.transaction() as session:
            return await service.ensure_user(session, email, now=self.parts.clock.now())

    async def user_id(self, email: str = "ann@example.com") -> UUID:
        return (await self.user(email)).id

    async def token(self, email: str, *, lifetime: timedelta = service.TOKEN_LIFETIME) -> str:
        user = await self.user(email)
        async with self.parts.database.transaction() as session:
            return await service.issue_token(
                session, user, signer=SIGNER, now=self.parts.clock.now(), lifetime=lifetime
            )

    async def code(self, email: str = "ann@example.com") -> str:
        user = await self.user(email)
        async with self.parts.database.transaction() as session:
            return await service.make_sign_in_code(session, user, now=self.parts.clock.now())

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()
        if self.parts.completer is not None:
            await self.parts.completer.aclose()
        if self.parts.openid is not None:
            await self.parts.openid.close()
        if self._own is not None:
            await self._own.close()


@pytest.fixture
async def visitors(db: Database) -> AsyncIterator[Visitors]:
    """Visitors of an application over the test's database."""
    those = Visitors(db)
    yield those
    await those.close()
