"""What a session of somebody from the provider may do (security checks 5, 8, 41 and 42)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select
from tests.support.openid.visiting import HOME, SESSION, OidcVisitors, cookies_of

from expenseflow.identity.models import SignIn
from expenseflow.identity.service import OIDC_LIFETIME


async def test_check_8_a_session_ends_when_it_is_not_used(oidc: OidcVisitors) -> None:
    browser = await oidc.signed_in("ann")
    oidc.clock.advance(OIDC_LIFETIME.idle.total_seconds() - 1)
    assert (await browser.get("/api/me")).status_code == 200
    oidc.clock.advance(OIDC_LIFETIME.idle.total_seconds() - 1)
    assert (await browser.get("/api/me")).status_code == 200
    oidc.clock.advance(OIDC_LIFETIME.idle.total_seconds())
    assert (await browser.get("/api/me")).status_code == 401


async def test_check_8_a_session_ends_after_a_day_however_much_it_is_used(
    oidc: OidcVisitors,
) -> None:
    browser = await oidc.signed_in("ann")
    hour = timedelta(hours=1)
    for _ in range(OIDC_LIFETIME.longest // hour - 1):
        oidc.clock.advance(hour.total_seconds())
        assert (await browser.get("/api/me")).status_code == 200
    async with oidc.parts.database.transaction() as session:
        [row] = await session.scalars(select(SignIn))
    assert row.expires_at == row.created_at + OIDC_LIFETIME.longest
    oidc.clock.advance(hour.total_seconds())
    assert (await browser.get("/api/me")).status_code == 401


async def test_a_bearer_token_does_not_outlive_itself_by_being_used(oidc: OidcVisitors) -> None:
    ann = oidc.bearing(oidc.provider.keys[0].sign(oidc.claims()))
    async with oidc.parts.database.transaction() as session:
        await session.execute(select(1))
    assert (await ann.get("/api/me")).status_code == 200
    oidc.clock.advance(299)
    assert (await ann.get("/api/me")).status_code == 200
    oidc.clock.advance(61)
    assert (await ann.get("/api/me")).status_code == 401


@pytest.mark.parametrize(
    "origin",
    [None, "null", "https://evil.example", "http://expenses.example.com",
     "https://expenses.example.com:444", "https://expenses.example.com.evil.example"],
)  # fmt: skip
async def test_check_41_a_cookie_does_not_write_from_another_site(
    oidc: OidcVisitors, origin: str | None
) -> None:
    browser = await oidc.signed_in("ann")
    del browser.headers["Origin"]
    headers = {} if origin is None else {"Origin": origin}
    for content, kind in ((b"a=b", "application/x-www-form-urlencoded"), (b"{}", "text/plain")):
        answer = await browser.post(
            "/api/report-jobs", content=content, headers={**headers, "Content-Type": kind}
        )
        assert answer.status_code == 403
    assert (await browser.post("/api/sign-out", headers=headers)).status_code == 403
    answer = await browser.post("/api/sign-out", headers={"Origin": HOME})
    assert answer.status_code == 204


async def test_check_42_a_broken_token_is_not_rescued_by_a_good_cookie(oidc: OidcVisitors) -> None:
    browser = await oidc.signed_in("ann")
    for value in ("Bearer x", "Bearer", "Basic YTpi", ""):
        answer = await browser.get("/api/me", headers={"Authorization": value})
        assert answer.status_code == 401


async def test_check_42_a_token_and_the_cookie_of_two_people_are_refused(
    oidc: OidcVisitors,
) -> None:
    browser = await oidc.signed_in("ann")
    bobs = {"Authorization": f"Bearer {oidc.provider.access_token('bob')}"}
    answer = await browser.get("/api/me", headers=bobs)
    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/two-credentials"
    anns = {"Authorization": f"Bearer {oidc.provider.access_token('ann')}"}
    assert (await browser.get("/api/me", headers=anns)).status_code == 200


async def test_check_5_signing_out_ends_the_session_here(oidc: OidcVisitors) -> None:
    browser = await oidc.signed_in("ann")
    old = browser.cookies[SESSION]
    answer = await browser.post("/api/sign-out")
    assert answer.status_code == 204
    assert cookies_of(answer)[SESSION]["max-age"] == "0"
    late = oidc.anonymous(Cookie=f"{SESSION}={old}")
    assert (await late.get("/api/me")).status_code == 401


async def test_the_front_end_is_told_how_to_sign_in_and_out(oidc: OidcVisitors) -> None:
    told = (await oidc.anonymous().get("/api/sign-in-options")).json()
    assert (told["mode"], told["signInUrl"]) == ("oidc", "/api/sign-in/oidc")
    end = urlsplit(told["signOutUrl"])
    assert f"{end.scheme}://{end.netloc}" == oidc.provider.issuer
    assert parse_qs(end.query)["post_logout_redirect_uri"] == [f"{HOME}/sign-in"]
    assert httpx.get(told["signOutUrl"]).status_code == 200


async def test_a_local_session_is_nobody_here(oidc: OidcVisitors) -> None:
    cookie = f"{SESSION}={await oidc.token('ann@example.com')}"
    assert (await oidc.anonymous(Cookie=cookie).get("/api/me")).status_code == 401
    code = await oidc.code()
    answer = await oidc.anonymous(Origin=HOME).post("/api/sign-in", json={"code": code})
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/signed-in-elsewhere"


async def test_it_answers_to_its_public_name_only(oidc: OidcVisitors) -> None:
    somebody = oidc.anonymous()
    for host in ("evil.example", "localhost", "expenses.example.com.evil.example", "[", ""):
        answer = await somebody.get("/api/sign-in-options", headers={"Host": host})
        assert answer.status_code == 421
        assert (await somebody.get("/health/live", headers={"Host": host})).status_code == 200
    ours = {"Host": "EXPENSES.example.com:443"}
    assert (await somebody.get("/api/sign-in-options", headers=ours)).status_code == 200
