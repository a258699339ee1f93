"""Which names this server answers to."""

import ipaddress
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send


class LoopbackOnly:
    """Answers only requests addressed to this machine by a loopback name.

    In local mode: a web page whose name was rebound to 127.0.0.1 must not reach us.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not is_loopback(_host(scope)):
            raise HTTPException(
                HTTPStatus.MISDIRECTED_REQUEST,
                "This server answers to localhost and 127.0.0.1 only.",
            )
        await self._app(scope, receive, send)


class PublicHostOnly:
    """Answers only requests addressed to our public name; probes and scrapers use others.

    So nothing that is made of the `Host` header, or kept under it in a cache, can be foreign.
    """

    def __init__(self, app: ASGIApp, *, public_url: str) -> None:
        self._app = app
        self._name = urlsplit(public_url).hostname or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not self._is_ours(scope):
            raise HTTPException(
                HTTPStatus.MISDIRECTED_REQUEST, "This server answers to its public name only."
            )
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        if scope["path"] == "/metrics" or scope["path"].startswith("/health/"):
            return True
        try:
            return urlsplit(f"//{_host(scope)}").hostname == self._name
        except ValueError:
            return False


def is_loopback(host: str) -> bool:
    """Whether a `Host` header names this machine: localhost, 127.x.x.x or [::1], any port."""
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _host(scope: Scope) -> str:
    return Headers(scope=scope).get("host", "")
