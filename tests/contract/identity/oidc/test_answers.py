"""What of a provider's answers is believed: one that is right but for one thing signs nobody in."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.support.openid import ADMIN_ROLE, CLIENT
from tests.support.openid.scripted import METADATA, Answer, ScriptedVisitors, moved
from tests.support.openid.visiting import problem_of

from expenseflow.identity.attempts import Attempts
from expenseflow.identity.models import User
from expenseflow.identity.oidc.fetching import MAX_BODY


async def _problem(scripted: ScriptedVisitors, **changes: str | None) -> str:
    """Why somebody did not come in, who would have but for what the test changed."""
    problem = problem_of(await scripted.goes(scripted.anonymous(), **changes))
    assert await scripted.stored() == (0, 0)
    return problem


async def _comes_in(scripted: ScriptedVisitors, **changes: str | None) -> None:
    answer = await scripted.goes(scripted.anonymous(), **changes)
    assert answer.headers["location"] == "/app/"


async def _is_admin(scripted: ScriptedVisitors) -> bool | None:
    async with scripted.parts.database.transaction() as session:
        return await session.scalar(select(User.is_admin))


async def _make_admin(scripted: ScriptedVisitors, *, is_admin: bool = True) -> None:
    async with scripted.parts.database.transaction() as session:
        await session.execute(update(User).values(is_admin=is_admin))


async def test_what_is_right_in_all_signs_in(scripted: ScriptedVisitors) -> None:
    await _comes_in(scripted)
    scripted.provider.id_claims |= {"aud": ["another", CLIENT], "azp": CLIENT}
    await _comes_in(scripted)


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"}, {"nonce": None}, {"nonce": ""},
        {"azp": "another"}, {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"}, {"aud": "another"},
        {"iss": "https://evil.example.com"}, {"sub": None}, {"exp": 1}, {"iat": 2**40},
    ],
    ids=json.dumps,
)  # fmt: skip
async def test_an_id_token_that_is_not_the_one_asked_for(
    scripted: ScriptedVisitors, changes: dict[str, Any]
) -> None:
    scripted.provider.id_claims |= changes
    assert await _problem(scripted) == "wrong"


async def test_an_answer_that_does_not_say_whose_it_is_though_that_was_promised(
    scripted: ScriptedVisitors,
) -> None:
    assert await _problem(scripted, iss=None) == "wrong"
    assert scripted.provider.times("/token") == 0


async def test_a_provider_that_promises_nothing_need_not_say_its_name_but_may_not_lie(
    scripted: ScriptedVisitors,
) -> None:
    del scripted.provider.metadata["authorization_response_iss_parameter_supported"]
    assert await _problem(scripted, iss="https://evil.example.com") == "wrong"
    await _comes_in(scripted, iss=None)


@pytest.mark.parametrize("sub", ["bob", None])
async def test_userinfo_about_somebody_else(scripted: ScriptedVisitors, sub: str | None) -> None:
    scripted.provider.id_claims["roles"] = None
    scripted.provider.userinfo = {"sub": sub, "roles": [ADMIN_ROLE]}
    assert await _problem(scripted) == "wrong"


@pytest.mark.parametrize("path", [METADATA, "/jwks", "/token", "/userinfo"])
async def test_no_redirect_is_followed(scripted: ScriptedVisitors, path: str) -> None:
    provider = scripted.provider
    provider.id_claims["email"] = None
    provider.instead[path] = moved(f"{provider.issuer}/new{path}")
    if path == METADATA:
        browser = scripted.anonymous()
        assert problem_of(await browser.get("/api/sign-in/oidc")) == "silent"
    else:
        assert await _problem(scripted) == "silent"
    assert provider.times(path) == 1
    assert provider.times(f"/new{path}") == 0


@pytest.mark.parametrize(("size", "fits"), [(MAX_BODY, True), (MAX_BODY + 1, False)])
async def test_an_answer_has_a_size(scripted: ScriptedVisitors, size: int, *, fits: bool) -> None:
    body = json.dumps({"keys": [scripted.provider.keys[0].public_jwk]}).encode()
    scripted.provider.instead["/jwks"] = Answer(body=body.ljust(size))
    if fits:
        await _comes_in(scripted)
    else:
        assert await _problem(scripted) == "silent"


@pytest.mark.parametrize(
    "name",
    [
        "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint",
        "end_session_endpoint",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "address", ["http://idp.example.com/x", "ftp://idp.example.com/x", "/x", 7]
)
async def test_an_endpoint_that_is_not_safe_to_trust(
    scripted: ScriptedVisitors, name: str, address: object
) -> None:
    scripted.provider.metadata[name] = address
    answer = await scripted.anonymous().get("/api/sign-in/oidc")
    assert problem_of(answer) == "silent"


async def test_the_way_back_is_counted_too(scripted: ScriptedVisitors) -> None:
    browser = scripted.anonymous()
    backs = [scripted.provider.back_from(await scripted.begins(browser)) for _ in range(2)]
    scripted.app.state.sign_in_attempts = Attempts(per_minute=1)
    assert problem_of(await browser.get(backs[0])) == "expired"
    assert problem_of(await browser.get(backs[1])) == "too-many"
    assert scripted.provider.times("/token") == 0


# -- userinfo ------------------------------------------------------------------------------------

_SILENT = [Answer(500), Answer(401), Answer(403), Answer(body=b"no JSON"), Answer(302)]


@pytest.mark.parametrize("answer", _SILENT, ids=lambda one: f"{one.status} {one.body.decode()}")
@pytest.mark.parametrize("was_admin", [True, False])
async def test_userinfo_that_cannot_be_asked_leaves_the_role_as_it_is(
    scripted: ScriptedVisitors, answer: Answer, *, was_admin: bool
) -> None:
    await _comes_in(scripted)
    await _make_admin(scripted, is_admin=was_admin)
    scripted.provider.id_claims["roles"] = None
    scripted.provider.instead["/userinfo"] = answer
    await _comes_in(scripted)
    assert await _is_admin(scripted) is was_admin
    assert scripted.provider.times("/userinfo") == 1


async def test_who_is_new_is_no_admin_while_userinfo_is_silent(scripted: ScriptedVisitors) -> None:
    scripted.provider.id_claims["roles"] = None
    scripted.provider.instead["/userinfo"] = Answer(500)
    await _comes_in(scripted)
    assert await _is_admin(scripted) is False


async def test_who_has_no_roles_anywhere_is_no_admin_any_more(scripted: ScriptedVisitors) -> None:
    scripted.provider.id_claims["roles"] = None
    for more, is_admin in (({"roles": [ADMIN_ROLE]}, True), ({}, False)):
        scripted.provider.userinfo = {"sub": "ann", **more}
        await _comes_in(scripted)
        assert await _is_admin(scripted) is is_admin


async def test_a_provider_without_userinfo_has_told_all_in_its_id_token(
    scripted: ScriptedVisitors,
) -> None:
    scripted.provider.metadata["userinfo_endpoint"] = None
    await _comes_in(scripted)
    await _make_admin(scripted)
    scripted.provider.id_claims["roles"] = None
    await _comes_in(scripted)
    assert await _is_admin(scripted) is False


@pytest.mark.parametrize(("status", "problem"), [(500, "silent"), (401, "wrong")])
async def test_without_an_email_userinfo_is_needed(
    scripted: ScriptedVisitors, status: int, problem: str
) -> None:
    scripted.provider.id_claims["email"] = None
    scripted.provider.instead["/userinfo"] = Answer(status)
    assert await _problem(scripted) == problem
