"""Nothing that signs somebody in is ever logged, at debug level either (security check 47)."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from tests.support import canaries
from tests.support.openid import SECRET
from tests.support.openid.scripted import METADATA, SECRETS, Answer, ScriptedVisitors, moved

from expenseflow.infra import logs

EMAIL = "canary.quokka72@example.com"
QUOTED = json.dumps({"error": "invalid_grant", "error_description": [*SECRETS.values(), SECRET]})
"""What a provider may answer that says too much."""
Fate = Callable[[ScriptedVisitors], object]


def _answering(path: str, answer: Answer) -> Fate:
    return lambda scripted: scripted.provider.instead.update({path: answer})


def _claiming(**changes: Any) -> Fate:
    return lambda scripted: scripted.provider.id_claims.update(changes)


def _telling(**changes: Any) -> Fate:
    return lambda scripted: scripted.provider.metadata.update(changes)


FATES: dict[str, Fate] = {
    "all is well": lambda _: None,
    "with the secret in the form": _telling(
        token_endpoint_auth_methods_supported=["client_secret_post"]
    ),
    "the code is refused": _answering("/token", Answer(400, QUOTED.encode())),
    "the token endpoint fails": _answering("/token", Answer(500, QUOTED.encode())),
    "it says something else": _answering("/token", Answer(200, QUOTED.encode())),
    "it says no JSON": _answering("/token", Answer(200, QUOTED.encode()[1:])),
    "it says far too much": _answering("/token", Answer(200, QUOTED.encode() * 9999)),
    "it leads elsewhere": _answering("/token", moved(f"/x?{SECRETS['code']}")),
    "it is not there": _telling(token_endpoint="http://127.0.0.1:9/token"),
    "the ID token has another nonce": _claiming(nonce="quokka"),
    "the ID token is for another": _claiming(aud="another"),
    "the ID token is out of date": _claiming(exp=1),
    "the ID token is about nobody": _claiming(sub=""),
    "userinfo refuses": _answering("/userinfo", Answer(401, QUOTED.encode())),
    "userinfo fails": _answering("/userinfo", Answer(500, QUOTED.encode())),
    "userinfo is about another": lambda scripted: scripted.provider.userinfo.update(sub="bob"),
    "the keys are strange": _answering("/jwks", Answer(200, b'{"keys": 7}')),
    "the keys are not there": _answering("/jwks", Answer(500, QUOTED.encode())),
    "the metadata is not there": _answering(METADATA, Answer(500, QUOTED.encode())),
}


@pytest.fixture
def telling_all() -> Iterator[None]:
    logs.configure("json", level=logging.DEBUG)
    yield
    logs.configure("json", level=logging.WARNING)


class Canaries:
    """Whatever was said on the way in."""

    def __init__(self, scripted: ScriptedVisitors) -> None:
        self.scripted = scripted
        self.known: dict[str, str] = {**SECRETS, "client secret": SECRET, "e-mail": EMAIL}

    def add(self, name: str, value: str) -> None:
        if value:
            self.known[f"{name} {len(self.known)}"] = value

    def heard(self, answer: httpx.Response) -> None:
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.add(name, morsel.value)

    def in_log(self, log: str) -> set[str]:
        for asked in self.scripted.provider.asked:
            self.add("header", asked.authorization.partition(" ")[2])
            for name in ("code_verifier", "client_secret"):
                self.add(name, asked.form.get(name, [""])[0])
        return canaries.found_in(log, self.known)


async def _signs_in(scripted: ScriptedVisitors, secrets: Canaries) -> None:
    browser = scripted.anonymous()
    begun = await browser.get("/api/sign-in/oidc")
    secrets.heard(begun)
    if "state=" not in (there := begun.headers["location"]):
        return
    back = scripted.provider.back_from(there, error_description=EMAIL)
    for name in ("state", "nonce", "code_challenge"):
        secrets.add(name, httpx.URL(there).params[name])
    for _ in range(2):  # the second time the question is gone
        secrets.heard(await browser.get(back))


def _log(capfd: pytest.CaptureFixture[str]) -> str:
    """All that was told since the test began, at the level that tells most."""
    logging.getLogger("tests").debug("the end of it")
    out, log = capfd.readouterr()
    assert "the end of it" in log
    return out + log


@pytest.mark.usefixtures("telling_all")
@pytest.mark.parametrize("name", FATES)
async def test_check_47_no_sign_in_is_logged_with_what_it_was_made_of(
    scripted: ScriptedVisitors, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    scripted.provider.id_claims.update(email=EMAIL, roles=None)
    FATES[name](scripted)
    secrets = Canaries(scripted)
    secrets.add("ID token", scripted.provider.tokens()["id_token"].rpartition(".")[2])
    await _signs_in(scripted, secrets)
    log = _log(capfd)
    assert "sign_in.failed" in log
    assert secrets.in_log(log) == set()


async def test_what_is_looked_for_in_the_log_is_all_that_was_said(
    scripted: ScriptedVisitors,
) -> None:
    scripted.provider.id_claims["roles"] = None
    secrets = Canaries(scripted)
    await _signs_in(scripted, secrets)
    assert "access token" in secrets.in_log("… quokkaaccess72 …")
    said = Counter(name.partition(" ")[0] for name in secrets.known)
    assert said["header"] == 2  # to the token endpoint and to userinfo
    for name in ("code_verifier", "state", "__Host-expenseflow", "__Host-expenseflow-sign-in"):
        assert said[name] == 1


@pytest.mark.usefixtures("telling_all")
@pytest.mark.parametrize("changes", [{}, {"exp": 1}, {"aud": "x"}, {"sub": "\0"}], ids=str)
async def test_check_47_no_access_token_is_logged(
    scripted: ScriptedVisitors, changes: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    secrets = Canaries(scripted)
    key = scripted.provider.keys[0]
    signed = key.sign(scripted.claims(email=EMAIL, **changes))
    secrets.add("signature", signed.rpartition(".")[2])
    for token in (signed, SECRETS["access token"], f"{SECRETS['access token']}.x.y"):
        await scripted.bearing(token).get("/api/me")
        await scripted.bearing(token).get("/api/me", params={"access_token": token})
    log = _log(capfd)
    assert "/api/me" in log
    assert secrets.in_log(log) == set()


@pytest.mark.usefixtures("telling_all")
@pytest.mark.parametrize("table", ["users", "sign_ins"])
async def test_check_47_a_database_that_refuses_quotes_nothing_of_it(
    scripted: ScriptedVisitors, table: str, capfd: pytest.CaptureFixture[str]
) -> None:
    secrets = Canaries(scripted)
    scripted.provider.id_claims.update(email=EMAIL)
    token = scripted.provider.keys[0].sign(scripted.claims(email=EMAIL))
    secrets.add("token", token)
    database = scripted.parts.database
    async with database.transaction() as session:
        refuse = f"ALTER TABLE {table} ADD CONSTRAINT no CHECK (id IS NULL) NOT VALID"
        await session.execute(text(refuse))
    try:
        await _signs_in(scripted, secrets)
        assert (await scripted.bearing(token).get("/api/me")).status_code == 500
    finally:
        async with database.transaction() as session:
            await session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT no"))
    log = _log(capfd)
    assert log.count("SQLSTATE 23514") >= 2
    assert secrets.in_log(log) == set()
