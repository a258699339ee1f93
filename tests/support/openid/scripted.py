"""A provider that answers what a test says, over a real socket: also what no real one would.

async def test_something(scripted: ScriptedVisitors) -> None:
    scripted.provider.id_claims["azp"] = "another"
    answer = await scripted.goes(scripted.anonymous())
"""

import json
import threading
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from expenseflow.infra.db import Database
from tests.support.openid import CLIENT, settings_for
from tests.support.openid.keys import SigningKey, rsa_key
from tests.support.openid.visiting import CALLBACK, AtProvider

METADATA = "/.well-known/openid-configuration"
SECRETS: Mapping[str, str] = {
    "code": "quokkacode72", "access token": "quokkaaccess72", "refresh token": "quokkarefresh72",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What is answered instead of what would be right."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Asked:
    """What somebody asked it."""

    path: str
    authorization: str
    form: Mapping[str, list[str]]


def moved(place: str) -> Answer:
    """To another address, where the right answer is."""
    return Answer(307, headers={"Location": place})


class ScriptedProvider:
    """It signs ann in by the one code that it knows; all of it may be changed."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.settings = settings_for(issuer)
        self.keys: list[SigningKey] = [rsa_key()]
        self.metadata: dict[str, Any] = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/jwks",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "end_session_endpoint": f"{issuer}/end",
            "authorization_response_iss_parameter_supported": True,
        }
        self.id_claims: dict[str, Any] = {"email": "ann@example.com", "roles": []}
        """Beside those that each has, or instead of them; None leaves one out."""
        self.userinfo: dict[str, Any] = {"sub": "ann"}
        self.instead: dict[str, Answer] = {}
        """By path."""
        self.asked: list[Asked] = []
        self._nonce = ""

    def back_from(self, there: str, **changes: str | None) -> str:
        """Where the browser is sent back to that was sent there; None leaves a parameter out."""
        asked = parse_qs(urlsplit(there).query)
        self._nonce = asked["nonce"][0]
        usual = {"code": SECRETS["code"], "state": asked["state"][0], "iss": self.issuer}
        told = {name: value for name, value in (usual | changes).items() if value is not None}
        return f"{CALLBACK}?{urlencode(told)}"

    def times(self, path: str) -> int:
        """How often it was asked for this."""
        return sum(one.path == path for one in self.asked)

    def answer(self, asked: Asked) -> Answer:
        """What it says to that."""
        self.asked.append(asked)
        return self.instead.get(asked.path) or self.right_answer(asked.path.removeprefix("/new"))

    def right_answer(self, path: str) -> Answer:
        known: dict[str, Any] = {
            METADATA: self.metadata,
            "/jwks": {"keys": [key.public_jwk for key in self.keys]},
            "/userinfo": self.userinfo,
        }
        found = self.tokens() if path == "/token" else known.get(path)
        return Answer(404) if found is None else Answer(body=json.dumps(found).encode())

    def tokens(self) -> dict[str, str]:
        """The answer of the token endpoint."""
        return {
            "access_token": SECRETS["access token"],
            "refresh_token": SECRETS["refresh token"],
            "token_type": "Bearer",
            "id_token": self.keys[0].sign(self._claims(), headers={"typ": "JWT"}),
        }

    def _claims(self) -> dict[str, Any]:
        now = int(datetime.now(UTC).timestamp())  # noqa: TID251  # as the visitors' clock began
        usual = {"iss": self.issuer, "aud": CLIENT, "sub": "ann", "iat": now, "exp": now + 300}
        told = usual | {"nonce": self._nonce} | self.id_claims
        return {name: value for name, value in told.items() if value is not None}


class ScriptedVisitors(AtProvider[ScriptedProvider]):
    """They sign in at it."""

    async def goes(self, browser: httpx.AsyncClient, **changes: str | None) -> httpx.Response:
        """There and back; our answer to the way back."""
        there = await self.begins(browser)
        return await browser.get(self.provider.back_from(there, **changes))


class _Handler(BaseHTTPRequestHandler):
    provider: ScriptedProvider

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["content-length"])).decode())

    def _answer(self, body: str) -> None:
        asked = Asked(self.path, self.headers.get("authorization", ""), parse_qs(body))
        told = self.provider.answer(asked)
        self.send_response(told.status)
        for name, value in {"Content-Length": str(len(told.body)), **told.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
        pass


@contextmanager
def scripting() -> Generator[ScriptedProvider]:
    """One for as long as the block runs."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.provider = ScriptedProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield handler.provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
async def scripted(db: Database) -> AsyncIterator[ScriptedVisitors]:
    with scripting() as provider:
        those = ScriptedVisitors(db, provider)
        yield those
        await those.close()
