"""Where a request carries its token, and when a cookie may be believed.

A browser sends the cookie along with any request to us, whoever made the page. So a cookie
counts for reading only, unless the browser names one of our own pages as the origin. An
`Authorization` header always decides alone: a broken one is not rescued by a cookie. A good one
beside the good cookie of somebody else is refused, for no reading of it is surely what was meant.
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from expenseflow.identity.errors import CrossSiteRequest, NotAuthenticated, TwoCredentials
from expenseflow.identity.tokens import Claims
from expenseflow.kit.clock import Clock

COOKIE = "expenseflow_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_USUAL = (80, 443)


def token_of(request: HTTPConnection) -> str:
    """The token of a request; raises `NotAuthenticated` or `CrossSiteRequest`."""
    headers = request.headers.getlist("authorization")
    if headers:
        return _bearer(headers)
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise NotAuthenticated
    if request.scope["method"] not in SAFE_METHODS:
        ensure_same_site(request)
    return cookie


def claims_of(request: HTTPConnection) -> Claims:
    """What the request's token says, checked once per request (no database).

    Raises what `token_of` raises, and `TwoCredentials`.
    """
    known = getattr(request.state, "claims", None)
    if isinstance(known, Claims):
        return known
    clock: Clock = request.app.state.clock
    claims: Claims = request.app.state.signer.verify(token_of(request), now=clock.now())
    _ensure_one_person(request, claims)
    request.state.claims = claims
    return claims


def ensure_same_site(request: HTTPConnection) -> None:
    """The request comes from one of our own pages; else `CrossSiteRequest`."""
    source = request.headers.get("origin") or request.headers.get("referer")
    host = _address(f"//{request.headers.get('host', '')}")
    if source is None or host is None or _address(source) != host:
        raise CrossSiteRequest


def _ensure_one_person(request: HTTPConnection, claims: Claims) -> None:
    cookie = request.cookies.get(COOKIE)
    if not cookie or "authorization" not in request.headers:
        return
    try:
        other: Claims = request.app.state.signer.verify(cookie, now=request.app.state.clock.now())
    except NotAuthenticated:  # a cookie that is worth nothing contradicts nothing
        return
    if other.user_id != claims.user_id:
        raise TwoCredentials


def _bearer(headers: list[str]) -> str:
    scheme, _, token = headers[0].partition(" ")
    if len(headers) != 1 or scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated
    return token.strip()


def _address(url: str) -> tuple[str, int | None] | None:
    """Host and port, None for a usual port: a proxy in front may have ended the TLS."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return (parts.hostname.lower(), None if port in _USUAL else port) if parts.hostname else None
