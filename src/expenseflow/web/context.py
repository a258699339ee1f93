"""What every exchange gets: an id, security headers, one line in the log, one measurement."""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from uuid import UUID

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from expenseflow.kit import cards
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

_STAY_ON_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}

Measure = Callable[[str, str, int, float], None]
"""Told of each exchange: method, route template, status, seconds until it was answered."""
_STREAM = "text/event-stream"
_HIDDEN = "…"


class RequestContext:
    """The outermost layer: nothing leaves without passing here."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Clock,
        measure: Measure,
        words: Collection[str] = (),
        is_https: bool = False,
    ) -> None:
        """`words` of a path may be logged, and so may ids; anything else is hidden.

        With `is_https` browsers are told to come by https from then on.
        """
        self._app = app
        self._clock = clock
        self._measure = measure
        self._words = frozenset(words)
        self._security = {**_SECURITY, **(_STAY_ON_TLS if is_https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(
            scope, send, clock=self._clock, measure=self._measure, security=self._security
        )
        with exchange.bound():
            try:
                await self._app(scope, receive, exchange.send)
            finally:
                exchange.end(self._shown(scope["path"]))

    def _shown(self, path: str) -> str:
        """The path as it may be logged: a made-up one can hold anything."""
        return "/".join(
            part if part in self._words or _is_id(part) else _HIDDEN for part in path.split("/")
        )


class _Exchange:
    """One request and its answer."""

    def __init__(
        self,
        scope: Scope,
        send: Send,
        *,
        clock: Clock,
        measure: Measure,
        security: Mapping[str, str],
    ) -> None:
        wanted = Headers(scope=scope).get(REQUEST_ID, "")
        self.id = wanted if _is_sane(wanted) else new_id().hex
        self._scope = scope
        self._send = send
        self._clock = clock
        self._measure = measure
        self._security = security
        self._status = 500
        self._started = clock.monotonic()
        self._is_measured = False

    def bound(self) -> AbstractContextManager[None]:
        return bound_contextvars(request_id=self.id)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
            headers = MutableHeaders(scope=message)
            self._dress(headers)
            if headers.get("content-type", "").startswith(_STREAM):
                self._tell()  # it may stay open for hours, which is no slow answer
        await self._send(message)

    def end(self, path: str) -> None:
        """Measured and logged: the path as it may be shown, and without its query.

        A query may hold what somebody searched for, or a code.
        """
        self._tell()
        tell = _log.debug if self._scope["path"].startswith(_QUIET) else _log.info
        tell(
            "request",
            method=self._scope["method"],
            path=path,
            status=self._status,
            ms=round(self._seconds * 1000, 1),
        )

    @property
    def _seconds(self) -> float:
        return self._clock.monotonic() - self._started

    def _tell(self) -> None:
        if not self._is_measured:
            self._is_measured = True
            route = route_of(self._scope)
            self._measure(self._scope["method"], route, self._status, self._seconds)

    def _dress(self, headers: MutableHeaders) -> None:
        for name, value in self._security.items():
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


def _is_sane(wanted: str) -> bool:
    """Whether it may be logged, kept and told to the AI service: no card number may."""
    return bool(_SANE_ID.fullmatch(wanted)) and cards.mask(wanted) == wanted


def _is_id(part: str) -> bool:
    try:
        return str(UUID(part)) == part.lower()
    except ValueError:
        return False
