"""Visitors of an application whose people sign in at the real provider.

async def test_something(oidc: OidcVisitors) -> None:
    ann = oidc.bearing(oidc.provider.access_token("ann"))
    browser = await oidc.signed_in("ann")
"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

import anyio.to_thread
import httpx
import pytest
from sqlalchemy import func, select

from expenseflow.identity.models import SignIn, User
from expenseflow.infra.db import Database
from tests.support.fakes import FakeClock
from tests.support.identity import Visitors
from tests.support.openid import OpenIdProvider, running, sign_in

HOME = "https://expenses.example.com"
CALLBACK = f"{HOME}/api/sign-in/oidc/callback"
SESSION = "__Host-expenseflow"
"""The cookie of a session."""


class AnyProvider(Protocol):
    """What an application has to be told of its provider."""

    issuer: str

    @property
    def settings(self) -> dict[str, Any]: ...


P = TypeVar("P", bound=AnyProvider)


class AtProvider(Visitors, Generic[P]):
    """The application at `HOME`, whose people sign in elsewhere; its clock moves only when told."""

    def __init__(
        self,
        database: Database,
        provider: P,
        *,
        clock: FakeClock | None = None,
        **changes: object,
    ) -> None:
        self.provider = provider
        # From now on, since a provider has a clock of its own.
        self.clock = clock or FakeClock(datetime.now(UTC))  # noqa: TID251  # the one now there is
        chosen: dict[str, Any] = {"public_url": HOME, **provider.settings, **changes}
        super().__init__(database, clock=self.clock, **chosen)

    def anonymous(self, **headers: str) -> httpx.AsyncClient:
        client = super().anonymous(**headers)
        client.base_url = httpx.URL(HOME)
        return client

    def bearing(self, token: str) -> httpx.AsyncClient:
        return self.anonymous(Authorization=f"Bearer {token}")

    async def begins(self, browser: httpx.AsyncClient, place: str = "/app/") -> str:
        """Where the browser is sent when it wants to sign in."""
        answer = await browser.get("/api/sign-in/oidc", params={"next": place})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def stored(self) -> tuple[int, int]:
        """How many people and sign-ins there are."""
        async with self.parts.database.transaction() as session:
            people = await session.scalar(select(func.count()).select_from(User))
            sign_ins = await session.scalar(select(func.count()).select_from(SignIn))
        return people or 0, sign_ins or 0

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Those of a good access token of ann's, with these changes; None leaves one out."""
        now = int(self.clock.now().timestamp())
        usual = {
            "iss": self.provider.issuer,
            "aud": self.provider.settings["oidc_audience"],
            "sub": "ann",
            "iat": now,
            "exp": now + 300,
            "email": "ann@example.com",
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}


class OidcVisitors(AtProvider[OpenIdProvider]):
    """They sign in at the real one."""

    def beside(self, **changes: object) -> "OidcVisitors":
        """The same application in another process: it remembers nothing of what this one saw."""
        return OidcVisitors(self.parts.database, self.provider, clock=self.clock, **changes)

    async def goes(
        self, browser: httpx.AsyncClient, login: str = "ann", *, place: str = "/app/"
    ) -> httpx.Response:
        """To the provider and back, as this person; our answer to the way back."""
        there = await self.begins(browser, place)
        return await browser.get(await self.back_from(there, login))

    async def back_from(self, there: str, login: str = "ann") -> str:
        """The address by which the provider sends somebody back who signs in as this person."""

        def at_the_provider() -> str:
            with httpx.Client() as other:
                return sign_in(other, there, login)

        return await anyio.to_thread.run_sync(at_the_provider)

    async def signed_in(self, email: str = "ann") -> httpx.AsyncClient:
        """A browser of this login with a session."""
        browser = self.anonymous(Origin=HOME)
        answer = await self.goes(browser, email)
        assert answer.headers["location"] == "/app/", answer.headers
        return browser


def problem_of(answer: httpx.Response) -> str:
    """Why the browser is sent to the page that says so."""
    assert answer.status_code == 303, answer.text
    there = urlsplit(answer.headers["location"])
    assert there.path == "/sign-in", answer.headers["location"]
    assert f"{SESSION}=" not in answer.headers.get("set-cookie", "")
    return parse_qs(there.query)["problem"][0]


def cookies_of(answer: httpx.Response) -> dict[str, dict[str, str]]:
    """The cookies that an answer sets, with what browsers may do with them."""
    found: dict[str, dict[str, str]] = {}
    for line in answer.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(line).items():
            found[name] = {**{key: str(one) for key, one in morsel.items()}, "is": morsel.value}
    return found


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    """One provider for a file of tests."""
    with running(
        tmp_path_factory.mktemp("openid"), redirects=(CALLBACK,), signs_out_to=(f"{HOME}/sign-in",)
    ) as one:
        yield one


@pytest.fixture
async def oidc(db: Database, provider: OpenIdProvider) -> AsyncIterator[OidcVisitors]:
    those = OidcVisitors(db, provider)
    yield those
    await those.close()
