"""Which names this server answers to."""

import ipaddress
from http import HTTPStatus

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
