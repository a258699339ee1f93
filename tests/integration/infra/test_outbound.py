"""What may be called: a name is looked at and called at the same address, or not at all."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from tests.support import certificates
from tests.support.identity import test_settings as settings_with
from tests.support.receiver import receiving
from tests.support.simulator import completer, request

from expenseflow.app.configuration import check_addresses
from expenseflow.app.refusals import WrongSettings
from expenseflow.app.wiring import completer_of, webhook
from expenseflow.infra.outbound import INSIDE, NotPublic, PublicOnly
from expenseflow.infra.webhooks import NotTaken, Webhook
from expenseflow.kit.clock import SystemClock
from expenseflow.kit.completions import ProviderRefused
from expenseflow.simulator import Simulator

OKAY = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
PUBLIC = "93.184.216.34"


class Asked(httpx2.AsyncBaseTransport):
    """Where requests would have gone."""

    def __init__(self, *silent: str) -> None:
        self.requests: list[httpx2.Request] = []
        self._silent = silent

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if request.url.host in self._silent:
            raise httpx2.ConnectError("nobody there")
        return httpx2.Response(204)

    @property
    def hosts(self) -> list[str]:
        return [request.url.host for request in self.requests]


def guarded(inner: Asked, *answers: list[str]) -> httpx2.AsyncClient:
    """A client to whose lookups of a name these are the answers, one after the other."""
    left = iter(answers)

    async def resolve(_host: str, _port: int) -> list[str]:
        return next(left)

    return httpx2.AsyncClient(transport=PublicOnly(lambda: inner, resolve=resolve))


@asynccontextmanager
async def answering(
    answer: bytes, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[tuple[int, list[bytes]]]:
    """A server on this machine: its port, and what came in."""
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(b"")
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            came[-1] = await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1], came
    finally:
        server.close()
        await server.wait_closed()


async def test_the_address_that_was_looked_at_is_the_one_that_is_called() -> None:
    inner = Asked()
    async with guarded(inner, [PUBLIC]) as client:
        await client.post("https://ai.example/v1", json={})
    [sent] = inner.requests
    assert str(sent.url) == f"https://{PUBLIC}/v1"
    assert sent.headers["host"] == "ai.example"
    assert sent.extensions["sni_hostname"] == "ai.example"


async def test_an_answer_that_changes_after_the_check_is_not_called() -> None:
    inner = Asked()
    async with guarded(inner, [PUBLIC], ["127.0.0.1"]) as client:
        await client.get("http://rebound.example/")
        with pytest.raises(httpx2.ConnectError) as refused:
            await client.get("http://rebound.example/")
    assert isinstance(refused.value.__cause__, NotPublic)
    assert inner.hosts == [PUBLIC]


async def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    inner = Asked()
    async with guarded(inner, [PUBLIC, "169.254.169.254"]) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get("http://both.example/")
    assert inner.hosts == []


async def test_where_one_address_is_silent_the_next_is_tried() -> None:
    inner = Asked("2606:4700::1111")
    async with guarded(inner, ["2606:4700::1111", PUBLIC]) as client:
        assert (await client.post("http://two.example/", json={"a": 1})).status_code == 204
    assert inner.hosts == ["2606:4700::1111", PUBLIC]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f000001", "0177.0.0.1",
        "127.1", "[::ffff:127.0.0.1]", "169.254.169.254", "[fd00:ec2::254]", "good@127.0.0.1",
    ],
)  # fmt: skip
async def test_no_spelling_of_this_machine_is_called(host: str) -> None:
    async with answering(OKAY) as (port, came):
        client = httpx2.AsyncClient(transport=PublicOnly())
        async with client:
            with pytest.raises((httpx2.ConnectError, httpx2.InvalidURL)):
                await client.get(f"http://{host}:{port}/")
        assert came == []


async def test_the_certificate_is_that_of_the_name(tmp_path: Path) -> None:
    authority = certificates.make(tmp_path, "ai.example")
    trusting = ssl.create_default_context(cafile=authority.ca)

    async def here(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with answering(OKAY, authority.server_context()) as (port, came):
        transport = PublicOnly(
            lambda: httpx2.AsyncHTTPTransport(verify=trusting), resolve=here, is_public=bool
        )
        async with httpx2.AsyncClient(transport=transport) as client:
            assert (await client.get(f"https://ai.example:{port}/")).status_code == 204
            with pytest.raises(httpx2.ConnectError, match="certificate"):
                await client.get(f"https://evil.example:{port}/")
    assert f"host: ai.example:{port}".encode() in came[0].lower()


async def test_a_provider_inside_is_not_called() -> None:
    with Simulator() as provider:
        async with completer(provider, public_only=True) as client:
            with pytest.raises(ProviderRefused, match=INSIDE):
                await client.complete(request())
            assert (await client.probe()).detail == INSIDE
        assert provider.calls == []


async def test_a_webhook_inside_is_not_called() -> None:
    with receiving() as receiver:
        hook = Webhook(receiver.url, "secret", public_only=True)
        with pytest.raises(NotTaken, match=INSIDE):
            await hook.post(uuid4(), {}, now=SystemClock().now())
        assert receiver.messages == []


@pytest.mark.parametrize("status", ["302 Found", "307 Temporary Redirect"])
async def test_a_redirect_is_not_followed(status: str) -> None:
    async with answering(OKAY) as (inside, came):
        where = f"http://127.0.0.1:{inside}/latest/meta-data"
        answer = f"HTTP/1.1 {status}\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode()
        async with answering(answer) as (port, asked):
            hook = Webhook(f"http://127.0.0.1:{port}/hook", "secret")
            with pytest.raises(NotTaken, match=status[:3]):
                await hook.post(uuid4(), {}, now=SystemClock().now())
            async with completer(f"http://127.0.0.1:{port}/v1") as client:
                with pytest.raises(ProviderRefused):
                    await client.complete(request())
            assert len(asked) == 2
        assert came == []


SERVICES = {
    "llm_base_url": "http://{}/v1",
    "alert_webhook_url": "https://{}/hook",
}


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("host", ["127.0.0.1:11434", "2130706433", "[::1]", "a@169.254.169.254"])
def test_an_address_inside_is_refused_at_start(name: str, host: str) -> None:
    given = {name: SERVICES[name].format(host)}
    with pytest.raises(WrongSettings, match=rf"EXPENSEFLOW_{name.upper()} .*ALLOW_PRIVATE"):
        check_addresses(settings_with(auth_mode="oidc", **given))
    check_addresses(settings_with(auth_mode="oidc", allow_private_addresses=True, **given))
    check_addresses(settings_with(**given))


async def test_the_settings_decide_who_may_be_called() -> None:
    """Local mode, and whoever says so, may have the AI service on the own machine."""
    with Simulator() as provider, receiving() as receiver:
        for changes, is_called in (
            ({}, True),
            ({"auth_mode": "oidc"}, False),
            ({"auth_mode": "oidc", "allow_private_addresses": True}, True),
        ):
            settings = settings_with(
                llm_base_url=provider.base_url,
                alert_webhook_url=receiver.url,
                alert_webhook_secret="secret",
                **changes,
            )
            client, hook = completer_of(settings), webhook(settings)
            assert client is not None
            assert hook is not None
            assert (await client.probe()).reachable is is_called
            await client.aclose()
            assert hook.public_only is not is_called
