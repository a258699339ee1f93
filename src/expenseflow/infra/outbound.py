"""Calls to the outside that must not lead inside.

A name is resolved once, each of its addresses is looked at, and just these are connected to: a
name that answers otherwise a moment later changes nothing. The certificate is still checked
against the name.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Final

import httpx2

from expenseflow.kit import addresses

INSIDE: Final = "its address lies inside our own network"
_PORTS: Final = {"http": 80, "https": 443}
_MOST_TRIED: Final = 4

Resolve = Callable[[str, int], Awaitable[list[str]]]


class NotPublic(Exception):
    """The address is this machine's, or one of a network that is not everybody's."""


async def resolved(host: str, port: int) -> list[str]:
    """Its addresses in the order to try them; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def leads_inside(host: str) -> bool:
    """Whether one of its addresses is not public; a name that nobody knows leads nowhere."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return not all(addresses.is_public(str(where[0])) for *_, where in found)


class PublicOnly(httpx2.AsyncBaseTransport):
    """Sends requests to public addresses only; the proxies of the environment are not used.

    Raises `ConnectError` with `NotPublic` as its cause.
    """

    def __init__(
        self,
        make: Callable[[], httpx2.AsyncBaseTransport] = httpx2.AsyncHTTPTransport,
        *,
        resolve: Resolve = resolved,
        is_public: Callable[[str], bool] = addresses.is_public,
    ) -> None:
        self._make = make
        # One a name: a connection that was opened for one must not serve another at its address.
        self._by_name: dict[str, httpx2.AsyncBaseTransport] = {}
        self._resolve = resolve
        self._is_public = is_public

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        *others, last = await self._addresses(request)
        for address in others:
            try:
                return await self._send(request, address)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue  # nothing was sent yet; the next one may answer
        return await self._send(request, last)

    async def aclose(self) -> None:
        for transport in self._by_name.values():
            await transport.aclose()

    async def _addresses(self, request: httpx2.Request) -> list[str]:
        url = request.url
        host = url.raw_host.decode("ascii")
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("connect")):
                found = await self._resolve(host, url.port or _PORTS[url.scheme])
        except TimeoutError as error:
            raise httpx2.ConnectTimeout("the name was not found in time") from error
        except (OSError, UnicodeError) as error:
            raise httpx2.ConnectError("the name is not known") from error
        if not found or not all(map(self._is_public, found)):
            raise httpx2.ConnectError(INSIDE) from NotPublic(INSIDE)
        return found[:_MOST_TRIED]

    async def _send(self, request: httpx2.Request, address: str) -> httpx2.Response:
        """The same request, whose Host header and certificate stay those of the name."""
        name = request.url.raw_host.decode("ascii")
        there = httpx2.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        if name not in self._by_name:
            self._by_name[name] = self._make()
        return await self._by_name[name].handle_async_request(there)
