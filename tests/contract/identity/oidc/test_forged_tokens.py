"""Security checks 11 to 16: forged tokens are 401, store nothing, and make us call nobody."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.support.openid import CLIENT
from tests.support.openid.forging import FORGED, World
from tests.support.openid.visiting import HOME, OidcVisitors


class Attacker:
    """Their server; `asked` is what anybody asked it for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        attacker = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                attacker.asked.append(self.path)
                self.send_error(404)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def attacker() -> Iterator[Attacker]:
    one = Attacker()
    thread = threading.Thread(target=one.server.serve_forever)
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


def _world(oidc: OidcVisitors, attacker: Attacker) -> World:
    return World(oidc.provider.keys[0], oidc.claims(), attacker.url, CLIENT)


async def test_what_is_forged_would_be_good_but_for_one_thing(
    oidc: OidcVisitors, attacker: Attacker
) -> None:
    world = _world(oidc, attacker)
    answer = await oidc.bearing(world.key.sign(world.claims)).get("/api/me")
    assert answer.status_code == 200


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_token(oidc: OidcVisitors, attacker: Attacker, name: str) -> None:
    token = FORGED[name](_world(oidc, attacker))
    for method, path in (("GET", "/api/me"), ("POST", "/api/report-jobs")):
        answer = await oidc.bearing(token).request(method, path, json={"period": "2026-01"})
        assert answer.status_code == 401, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await oidc.stored() == (0, 0)
    assert attacker.asked == []


@pytest.mark.parametrize("which", ["id_token", "refresh_token", "opaque"])
async def test_check_16_other_tokens_of_the_provider_are_no_access_tokens(
    oidc: OidcVisitors, which: str
) -> None:
    if which == "opaque":
        token = oidc.provider.tokens("ann", resource=None)["access_token"]
        assert "." not in token
    else:
        token = oidc.provider.tokens("ann")[which]
    answer = await oidc.bearing(token).get("/api/me")
    assert answer.status_code == 401
    assert await oidc.stored() == (0, 0)


async def test_a_session_is_no_access_token_and_an_access_token_no_session(
    oidc: OidcVisitors,
) -> None:
    browser = await oidc.signed_in("ann")
    [session] = browser.cookies.values()
    assert (await oidc.bearing(session).get("/api/me")).status_code == 401
    name = next(iter(browser.cookies))
    token = oidc.provider.access_token("ann")
    swapped = oidc.anonymous(Cookie=f"{name}={token}", Origin=HOME)
    assert (await swapped.get("/api/me")).status_code == 401
