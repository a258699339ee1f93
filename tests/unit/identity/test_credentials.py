"""Where a request carries its token, and when a cookie may be believed."""

from types import SimpleNamespace

import pytest
from starlette.requests import HTTPConnection

from expenseflow.identity import cookies, credentials
from expenseflow.identity.errors import CrossSiteRequest, NotAuthenticated


def _request(*headers: tuple[str, str], method: str = "GET") -> HTTPConnection:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    app = SimpleNamespace(state=SimpleNamespace(openid=None))  # in local mode
    scope = {"type": "http", "method": method, "path": "/", "headers": raw, "app": app}
    return HTTPConnection(scope)


COOKIE = ("Cookie", f"{cookies.SESSION}=abc")
HOST = ("Host", "localhost:5000")


@pytest.mark.parametrize("value", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_bearer_token_is_read(value: str) -> None:
    assert credentials.token_of(_request(("Authorization", value))) == "abc"


def test_the_cookie_counts_for_reading() -> None:
    assert credentials.token_of(_request(COOKIE)) == "abc"


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc"])
def test_a_broken_header_is_not_rescued_by_the_cookie(value: str) -> None:
    with pytest.raises(NotAuthenticated):
        credentials.token_of(_request(("Authorization", value), COOKIE))


def test_two_authorization_headers_are_none() -> None:
    twice = ("Authorization", "Bearer abc")
    with pytest.raises(NotAuthenticated):
        credentials.token_of(_request(twice, twice))


def test_no_credentials_are_no_credentials() -> None:
    with pytest.raises(NotAuthenticated):
        credentials.token_of(_request())


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "source",
    [
        ("Origin", "http://localhost:5000"),
        ("Origin", "https://LOCALHOST:5000"),
        ("Referer", "http://localhost:5000/reports?x=1"),
    ],
)
def test_the_cookie_writes_from_our_own_pages(method: str, source: tuple[str, str]) -> None:
    assert credentials.token_of(_request(COOKIE, HOST, source, method=method)) == "abc"


@pytest.mark.parametrize(
    "source",
    [
        ("X", "y"),
        ("Origin", "null"),
        ("Origin", "http://evil.example"),
        ("Origin", "http://localhost:5001"),
        ("Origin", "http://localhost"),
        ("Origin", "http://localhost:5000.evil.example"),
        ("Origin", "http://localhost:99999"),
        ("Origin", "http://localhost@evil.example:5000"),
        ("Referer", "http://evil.example/localhost:5000"),
    ],
)
def test_the_cookie_does_not_write_from_elsewhere(source: tuple[str, str]) -> None:
    with pytest.raises(CrossSiteRequest):
        credentials.token_of(_request(COOKIE, HOST, source, method="POST"))


def test_an_origin_of_ours_does_not_help_without_a_host() -> None:
    with pytest.raises(CrossSiteRequest):
        credentials.token_of(_request(COOKIE, ("Origin", "null"), method="POST"))


def test_a_proxy_that_ends_the_tls_changes_nothing() -> None:
    request = _request(
        COOKIE, ("Host", "app.example"), ("Origin", "https://app.example"), method="POST"
    )
    assert credentials.token_of(request) == "abc"
