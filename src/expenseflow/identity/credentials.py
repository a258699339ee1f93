"""Where a request carries its token, and when a cookie may be believed.

A browser sends the cookie along with any request to us, whoever made the page. So a cookie
counts for reading only, unless the browser names one of our own pages as the origin. An
`Authorization` header always decides alone: a broken one is not rescued by a cookie. A good one
beside the good cookie of somebody else is refused, for no reading of it is surely what was meant.
"""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from expenseflow.identity import cookies
from expenseflow.identity.errors import CrossSiteRequest, NotAuthenticated, TwoCredentials
from expenseflow.identity.oidc.access import AccessTokens
from expenseflow.identity.oidc.provider import OpenId
from expenseflow.identity.tokens import Claims
from expenseflow.kit.clock import Clock

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_USUAL = (80, 443)


def token_of(request: HTTPConnection) -> str:
    """The token of a request; raises `NotAuthenticated` or `CrossSiteRequest`."""
    headers = request.headers.getlist("authorization")
    if headers:
        return _bearer(headers)
    cookie = request.cookies.get(cookies.session_name(request))
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
    if issuer_of(request) is not None and "authorization" in request.headers:
        raise NotAuthenticated  # a bearer token is the provider's business: see `ask_provider`
    clock: Clock = request.app.state.clock
    claims: Claims = request.app.state.signer.verify(token_of(request), now=clock.now())
    _ensure_one_person(request, claims)
    request.state.claims = claims
    return claims


async def ask_provider(request: HTTPConnection) -> None:
    """Have the bearer token checked that an OpenID provider made; `claims_of` knows it then.

    Raises what `claims_of` raises, and `ProviderSilent`. Nothing to do in local mode, or for a
    session: those are signed by ourselves.
    """
    tokens: AccessTokens | None = request.app.state.access_tokens
    if tokens is None or "authorization" not in request.headers:
        return
    claims = await tokens.claims_of(token_of(request))
    _ensure_one_person(request, claims)
    request.state.claims = claims


def forget(request: HTTPConnection, claims: Claims) -> None:
    """Nobody stands behind these claims, whatever is remembered of a provider's token."""
    tokens: AccessTokens | None = request.app.state.access_tokens
    if tokens is not None:
        tokens.forget(claims.sign_in_id)


def issuer_of(request: HTTPConnection) -> str | None:
    """Whose people are anybody here; None: those who sign in locally."""
    openid: OpenId | None = request.app.state.openid
    return None if openid is None else openid.config.issuer


def ensure_same_site(request: HTTPConnection) -> None:
    """The request comes from one of our own pages; else `CrossSiteRequest`.

    Who has told us their public address means exactly that one, with its scheme; else our own
    address is the one that the request was made to.
    """
    source = request.headers.get("origin") or request.headers.get("referer")
    openid: OpenId | None = request.app.state.openid
    ours = f"//{request.headers.get('host', '')}" if openid is None else openid.config.public_url
    if source is None or (here := _address(ours)) is None or _address(source) != here:
        raise CrossSiteRequest
    if openid is not None and urlsplit(source).scheme != urlsplit(ours).scheme:
        raise CrossSiteRequest


def _ensure_one_person(request: HTTPConnection, claims: Claims) -> None:
    cookie = request.cookies.get(cookies.session_name(request))
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
