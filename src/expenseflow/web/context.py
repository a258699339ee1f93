"""What every exchange gets: an id, security headers, one line in the log, one measurement."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from expenseflow.kit.clock import Clock
from expenseflow.kit.ids import new_id

REQUEST_ID = "X-Request-ID"
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/health/", "/metrics", "/static/")
_log = structlog.get_logger("expenseflow.access")

API_POLICY = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

Measure = Callable[[str, str, int, float], None]
"""Told of each exchange: method, route template, status, seconds."""


class RequestContext:
    """The outermost layer: nothing leaves without passing here."""

    def __init__(self, app: ASGIApp, *, clock: Clock, measure: Measure) -> None:
        self._app = app
        self._clock = clock
        self._measure = measure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        started = self._clock.monotonic()
        with exchange.bound():
            try:
                await self._app(scope, receive, exchange.send)
            finally:
                seconds = self._clock.monotonic() - started
                self._measure(scope["method"], route_of(scope), exchange.status, seconds)
                exchange.log(seconds)


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        wanted = Headers(scope=scope).get(REQUEST_ID, "")
        self.id = wanted if _SANE_ID.fullmatch(wanted) else new_id().hex
        self.status = 500
        self._scope = scope
        self._send = send

    def bound(self) -> AbstractContextManager[None]:
        return bound_contextvars(request_id=self.id)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            self._dress(MutableHeaders(scope=message))
        await self._send(message)

    def log(self, seconds: float) -> None:
        """The path without its query: a query may hold what somebody searched for, or a code."""
        path: str = self._scope["path"]
        tell = _log.debug if path.startswith(_QUIET) else _log.info
        tell(
            "request",
            method=self._scope["method"],
            path=path,
            status=self.status,
            ms=round(seconds * 1000, 1),
        )

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in _SECURITY.items():
            headers.setdefault(name, value)
        is_page = headers.get("content-type", "").startswith("text/html")
        headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else API_POLICY)
        if self._scope["path"].startswith("/api/") or is_page:
            headers.setdefault("Cache-Control", "no-store")
        headers[REQUEST_ID] = self.id


def route_of(scope: Scope) -> str:
    """The template of the route that answered, so that ids do not become metrics."""
    route = scope.get("route")
    return getattr(route, "path_format", None) or "none"
