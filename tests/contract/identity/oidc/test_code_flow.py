"""Signing in with a browser at the real provider (security checks 4, 40 and 43)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update
from tests.support.openid import PUBLIC_CLIENT, running
from tests.support.openid.visiting import (
    CALLBACK,
    HOME,
    SESSION,
    OidcVisitors,
    cookies_of,
    problem_of,
)

from expenseflow.identity.attempts import Attempts
from expenseflow.identity.models import User
from expenseflow.infra.db import Database

QUESTION = "__Host-expenseflow-sign-in"


async def test_there_and_back(oidc: OidcVisitors) -> None:
    browser = oidc.anonymous(Origin=HOME)
    answer = await oidc.goes(browser, "ann", place="/app/reports?page=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/app/reports?page=2"
    me = (await browser.get("/api/me")).json()
    assert me == {"id": me["id"], "email": "ann@example.com", "isAdmin": False}
    root = (await (await oidc.signed_in("root")).get("/api/me")).json()
    assert root["isAdmin"] is True


async def test_what_the_provider_is_asked(oidc: OidcVisitors) -> None:
    browser = oidc.anonymous()
    asked = [parse_qs(urlsplit(await oidc.begins(browser)).query) for _ in range(2)]
    for one in asked:
        assert one["redirect_uri"] == [CALLBACK]
        assert one["response_type"] == ["code"]
        assert one["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name][0]) >= 43


async def test_check_43_the_cookies_of_a_sign_in(oidc: OidcVisitors) -> None:
    browser = oidc.anonymous()
    begun = await browser.get("/api/sign-in/oidc")
    [(name, question)] = cookies_of(begun).items()
    assert (name, question["samesite"]) == (QUESTION, "lax")
    finished = await browser.get(await oidc.back_from(begun.headers["location"]))
    cookies = cookies_of(finished)
    assert cookies[SESSION]["samesite"] == "strict"
    assert cookies[QUESTION]["max-age"] == "0"
    for cookie in (question, *cookies.values()):
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        assert "True" == cookie["secure"] == cookie["httponly"]
        assert len(cookie["is"]) < 4096


async def test_check_4_each_sign_in_is_a_session_of_its_own(oidc: OidcVisitors) -> None:
    planted = oidc.anonymous()
    planted.cookies.set(SESSION, "planted", domain="expenses.example.com")
    first = cookies_of(await oidc.goes(planted, "ann"))[SESSION]["is"]
    second = cookies_of(await oidc.goes(oidc.anonymous(), "ann"))[SESSION]["is"]
    assert len({first, second, "planted"}) == 3


async def test_claims_may_come_from_userinfo(db: Database, tmp_path: Path) -> None:
    with running(tmp_path, redirects=(CALLBACK,), claimsFromUserinfo=True) as provider:
        oidc = OidcVisitors(db, provider)
        try:
            me = (await (await oidc.signed_in("root")).get("/api/me")).json()
        finally:
            await oidc.close()
        assert provider.asked("/me") == 1
    assert (me["email"], me["isAdmin"]) == ("root@example.com", True)


async def test_a_client_without_a_secret(oidc: OidcVisitors, db: Database) -> None:
    changes: dict[str, Any] = {"oidc_client_id": PUBLIC_CLIENT, "oidc_client_secret": None}
    public = OidcVisitors(db, oidc.provider, **changes)
    try:
        assert (await (await public.signed_in("ann")).get("/api/me")).status_code == 200
    finally:
        await public.close()


async def test_a_role_that_was_taken_away_is_gone_with_the_next_sign_in(oidc: OidcVisitors) -> None:
    browser = await oidc.signed_in("root")
    async with oidc.parts.database.transaction() as session:
        await session.execute(update(User).values(is_admin=False))
    assert (await browser.get("/api/me")).json()["isAdmin"] is False
    again = await oidc.signed_in("root")
    assert (await again.get("/api/me")).json()["isAdmin"] is True
    assert (await oidc.stored())[0] == 1


async def test_an_unverified_email_is_not_somebody_elses(oidc: OidcVisitors) -> None:
    ann = (await (await oidc.signed_in("ann")).get("/api/me")).json()
    eve = (await (await oidc.signed_in("eve")).get("/api/me")).json()
    assert eve["id"] != ann["id"]
    assert eve["email"] == "eve@127.0.0.1"


# -- who does not get in -------------------------------------------------------------------------


async def test_a_way_back_is_good_in_one_browser_and_once(oidc: OidcVisitors) -> None:
    browser, other = oidc.anonymous(), oidc.anonymous()
    back = await oidc.back_from(await oidc.begins(browser))
    assert problem_of(await other.get(back)) == "expired"
    await oidc.begins(other)
    assert problem_of(await other.get(back)) == "expired"
    kept = dict(browser.cookies)
    assert (await browser.get(back)).headers["location"] == "/app/"
    assert problem_of(await browser.get(back)) == "expired"
    replay = oidc.anonymous(Cookie=f"{QUESTION}={kept[QUESTION]}")
    assert problem_of(await replay.get(back)) == "wrong"  # the provider knows the code was used
    assert await oidc.stored() == (1, 1)


async def test_a_question_is_open_for_ten_minutes(oidc: OidcVisitors) -> None:
    browser = oidc.anonymous()
    back = await oidc.back_from(await oidc.begins(browser))
    oidc.clock.advance(601)
    assert problem_of(await browser.get(back)) == "expired"


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ("error=access_denied", "refused"),
        ("error=server_error&error_description=<script>", "wrong"),
        ("code=made-up", "wrong"),
        ("code=", "wrong"),
        ("code=a&code=b", "wrong"),
        ("code=a&iss=https://evil.example.com", "wrong"),
        ("code=" + "x" * 9000, "wrong"),
        ("state=other&code=a", "expired"),
    ],
)
async def test_what_may_come_back_instead(oidc: OidcVisitors, told: str, problem: str) -> None:
    browser = oidc.anonymous()
    asked = parse_qs(urlsplit(await oidc.begins(browser)).query)
    more = "" if "iss=" in told else f"&iss={oidc.provider.issuer}"
    state = "" if "state=" in told else f"&state={asked['state'][0]}"
    answer = await browser.get(f"/api/sign-in/oidc/callback?{told}{state}{more}")
    assert problem_of(answer) == problem
    page = await browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Try again" in page.text
    assert "<script>" not in page.text
    assert await oidc.stored() == (0, 0)


async def test_an_id_token_for_another_question_is_refused(oidc: OidcVisitors) -> None:
    """The code of one sign-in, with the cookie of another by the same browser (nonce, PKCE)."""
    browser = oidc.anonymous()
    first = await oidc.back_from(await oidc.begins(browser))
    second = parse_qs(urlsplit(await oidc.begins(browser)).query)["state"][0]
    code = parse_qs(urlsplit(first).query)["code"][0]
    mixed = {"code": code, "state": second, "iss": oidc.provider.issuer}
    assert problem_of(await browser.get("/api/sign-in/oidc/callback", params=mixed)) == "wrong"


async def test_who_is_disabled_does_not_get_in(oidc: OidcVisitors) -> None:
    await oidc.signed_in("ann")
    async with oidc.parts.database.transaction() as session:
        await session.execute(update(User).values(disabled_at=oidc.clock.now()))
    answer = await oidc.goes(oidc.anonymous(), "ann")
    assert problem_of(answer) == "disabled"
    assert await oidc.stored() == (1, 1)


async def test_while_the_provider_is_away_the_page_says_so(db: Database, tmp_path: Path) -> None:
    with running(tmp_path, redirects=(CALLBACK,)) as provider:
        oidc = OidcVisitors(db, provider)
        try:
            browser = oidc.anonymous()
            session = await oidc.signed_in("ann")
            back = await oidc.back_from(await oidc.begins(browser, "/app/history"))
            provider.stop()
            answer = await browser.get(back)
            assert problem_of(answer) == "silent"
            assert parse_qs(urlsplit(answer.headers["location"]).query)["next"] == ["/app/history"]
            assert (await session.get("/api/me")).status_code == 200
        finally:
            await oidc.close()


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example.com/", "//evil.example.com", "/\\evil.example.com", "/app",
        "javascript:alert(1)", "/app/\r\nSet-Cookie: a=b", "/app/\\..\\x", "/apple", "", "/api/me",
        "/app/" + "x" * 2000, "/app/ü",
    ],
)  # fmt: skip
async def test_it_leads_to_our_own_pages_only(oidc: OidcVisitors, place: str) -> None:
    answer = await oidc.goes(oidc.anonymous(), place=place)
    assert answer.headers["location"] == "/app/"
    page = await oidc.anonymous().get("/sign-in", params={"next": place, "problem": "<b>"})
    assert 'href="/api/sign-in/oidc?next=/app/"' in page.text
    assert "<b>" not in page.text


# -- check 40: who is counted --------------------------------------------------------------------


async def test_check_40_a_made_up_address_does_not_help_who_tries_often(
    db: Database, oidc: OidcVisitors
) -> None:
    oidc.app.state.sign_in_attempts = Attempts(per_minute=3)
    for at in range(4):
        spoofed = {"X-Forwarded-For": f"203.0.113.{at}"}
        answer = await oidc.anonymous().get("/api/sign-in/oidc", headers=spoofed)
        assert ("problem=too-many" in answer.headers["location"]) is (at == 3)
    behind = OidcVisitors(db, oidc.provider, trusted_proxies="127.0.0.1, 10.0.0.0/8")
    behind.app.state.sign_in_attempts = Attempts(per_minute=3)
    try:
        for at in range(4):  # the proxy adds who really asked behind what they wrote
            told = {"X-Forwarded-For": f"203.0.113.{at}, 198.51.100.7, 10.1.2.3"}
            answer = await behind.anonymous().get("/api/sign-in/oidc", headers=told)
            assert ("problem=too-many" in answer.headers["location"]) is (at == 3)
        other = {"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}
        answer = await behind.anonymous().get("/api/sign-in/oidc", headers=other)
        assert "problem" not in answer.headers["location"]
    finally:
        await behind.close()
