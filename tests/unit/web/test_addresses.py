"""Whose address counts when proxies stand in between."""

import pytest
from starlette.requests import HTTPConnection

from expenseflow.web.addresses import client_address, networks_of

PROXIES = "10.244.0.0/16, fd00::/8"


def _request(peer: str, forwarded: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return HTTPConnection({"type": "http", "client": (peer, 5000), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "whose"),
    [
        ("10.244.0.9", "198.51.100.7", "198.51.100.7"),
        ("10.244.0.9", "198.51.100.7:5123", "198.51.100.7"),
        ("10.244.0.9", "[2001:db8::7]:443", "2001:db8::7"),
        ("10.244.0.9", "[2001:db8::7]", "2001:db8::7"),
        ("10.244.0.9", "1.2.3.4, 198.51.100.7, 10.244.3.1", "198.51.100.7"),
        ("10.244.0.9", "1.2.3.4, 10.44.1.7", "10.44.1.7"),
        ("::ffff:10.244.0.9", "::ffff:198.51.100.7", "198.51.100.7"),
        ("10.244.0.9", "nobody", "10.244.0.9"),
        ("10.244.0.9", "", "10.244.0.9"),
        ("203.0.113.5", "1.2.3.4", "203.0.113.5"),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_counts(
    peer: str, forwarded: str, whose: str
) -> None:
    assert client_address(_request(peer, forwarded), networks_of(PROXIES)) == whose


def test_without_proxies_nobody_may_say_who_they_are() -> None:
    assert client_address(_request("10.244.0.9", "1.2.3.4"), ()) == "10.244.0.9"
