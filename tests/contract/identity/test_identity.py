"""Who may come in (contract, head and section 2, last rows)."""

import asyncio
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from tests.support.identity import ADDRESS, Visitors

from expenseflow.identity.attempts import Attempts
from expenseflow.identity.cookies import SESSION as COOKIE


def _is_401(answer: httpx.Response) -> None:
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_me_says_who_i_am(visitors: Visitors) -> None:
    ann = await visitors.signed_in("Ann@Example.com")
    answer = await ann.get("/api/me")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(await visitors.user_id()),
        "email": "ann@example.com",
        "isAdmin": True,
    }
    assert UUID(answer.json()["id"])


async def test_without_credentials_everything_below_api_is_401(visitors: Visitors) -> None:
    nobody = visitors.anonymous()
    for path in ("/api", "/api/", "/api/me", "/api/accounts", "/api/nowhere", "/api/report-jobs/x"):
        _is_401(await nobody.get(path))
    _is_401(await nobody.post("/api/report-jobs", content=b"{", headers={"Content-Type": "x/y"}))


@pytest.mark.parametrize("value", ["Bearer nonsense", "Bearer", "Basic YTpi", "Bearer a.b.c", ""])
async def test_a_broken_token_is_401_even_beside_a_good_cookie(
    visitors: Visitors, value: str
) -> None:
    ann = await visitors.with_cookie()
    assert (await ann.get("/api/me")).status_code == 200
    _is_401(await ann.get("/api/me", headers={"Authorization": value}))


async def test_a_token_and_the_cookie_of_two_people_are_refused(visitors: Visitors) -> None:
    browser = await visitors.with_cookie("ann@example.com")
    bobs = {"Authorization": f"Bearer {await visitors.token('bob@example.com')}"}
    for answer in (
        await browser.get("/api/me", headers=bobs),
        await browser.post("/api/report-jobs", json={"period": "2026-01"}, headers=bobs),
        await browser.post("/api/sign-out", headers=bobs),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.json()["type"] == "/problems/two-credentials"
        assert "example.com" not in answer.text
    assert (await browser.get("/api/me")).json()["email"] == "ann@example.com"


async def test_a_token_beside_the_same_persons_cookie_or_a_worthless_one_is_fine(
    visitors: Visitors,
) -> None:
    browser = await visitors.with_cookie("ann@example.com")
    anns = {"Authorization": f"Bearer {await visitors.token('ann@example.com')}"}
    assert (await browser.get("/api/me", headers=anns)).status_code == 200
    worthless = visitors.anonymous(Cookie=f"{COOKIE}=nonsense", **anns)
    assert (await worthless.get("/api/me")).status_code == 200


async def test_two_tokens_are_none(visitors: Visitors) -> None:
    token = ("Authorization", f"Bearer {await visitors.token('ann@example.com')}")
    _is_401(await visitors.anonymous().get("/api/me", headers=[token, token]))


async def test_a_token_ends_with_its_lifetime(visitors: Visitors) -> None:
    token = await visitors.token("ann@example.com", lifetime=timedelta(seconds=-1))
    _is_401(await visitors.anonymous(Authorization=f"Bearer {token}").get("/api/me"))


async def test_a_code_becomes_a_session_cookie_once(visitors: Visitors) -> None:
    code = await visitors.code()
    browser = visitors.anonymous(Origin=ADDRESS)
    answer = await browser.post("/api/sign-in", json={"code": code})
    assert answer.status_code == 200
    assert answer.json()["email"] == "ann@example.com"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Path=/", "Max-Age="))
    assert "Secure" not in cookie
    assert (await browser.get("/api/me")).json() == answer.json()
    _is_401(await visitors.anonymous().post("/api/sign-in", json={"code": code}))


async def test_over_https_the_cookie_is_secure(visitors: Visitors) -> None:
    transport = httpx.ASGITransport(app=visitors.app)
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as browser:
        answer = await browser.post("/api/sign-in", json={"code": await visitors.code()})
    assert "Secure" in answer.headers["set-cookie"]


async def test_twenty_posts_of_one_code_sign_in_one(visitors: Visitors) -> None:
    code = await visitors.code()
    clients = [visitors.anonymous() for _ in range(20)]
    answers = await asyncio.gather(
        *(client.post("/api/sign-in", json={"code": code}) for client in clients)
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [401] * 19


@pytest.mark.parametrize("code", ["", "x" * 201, None, 7, "\0"])
async def test_a_code_of_the_wrong_shape_is_400(visitors: Visitors, code: object) -> None:
    answer = await visitors.anonymous().post("/api/sign-in", json={"code": code})
    assert answer.status_code == 400


async def test_guessing_is_stopped(visitors: Visitors) -> None:
    visitors.app.state.sign_in_attempts = Attempts(per_minute=3)
    guesser = visitors.anonymous()
    for _ in range(3):
        _is_401(await guesser.post("/api/sign-in", json={"code": "guess"}))
    answer = await guesser.post("/api/sign-in", json={"code": "guess"})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.json()["type"].endswith("/too-many-sign-ins")


async def test_nobody_is_signed_in_from_another_site(visitors: Visitors) -> None:
    stranger = visitors.anonymous(Origin="https://evil.example")
    code = await visitors.code()
    assert (await stranger.post("/api/sign-in", json={"code": code})).status_code == 403
    answer = await visitors.anonymous().post("/api/sign-in", json={"code": code})
    assert answer.status_code == 200  # the refusal did not use the code up


async def test_signing_out_ends_the_session_and_only_this_one(visitors: Visitors) -> None:
    here, there = await visitors.with_cookie(), await visitors.with_cookie()
    old = here.cookies[COOKIE]
    answer = await here.post("/api/sign-out")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    _is_401(await visitors.anonymous(Cookie=f"{COOKIE}={old}").get("/api/me"))
    _is_401(await visitors.anonymous(Authorization=f"Bearer {old}").get("/api/me"))
    assert (await there.get("/api/me")).status_code == 200


async def test_signing_out_takes_a_bearer_token_back(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    assert (await ann.post("/api/sign-out")).status_code == 204
    _is_401(await ann.get("/api/me"))
    _is_401(await ann.post("/api/sign-out"))


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://localhost:5001"])
async def test_a_cookie_does_not_write_from_another_site(
    visitors: Visitors, origin: str | None
) -> None:
    token = (await visitors.with_cookie()).cookies[COOKIE]
    headers = {"Cookie": f"{COOKIE}={token}"} | ({} if origin is None else {"Origin": origin})
    page = visitors.anonymous(**headers)
    answer = await page.post("/api/report-jobs", json={"period": "2026-01"})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/cross-site")
    assert (await page.get("/api/me")).status_code == 200


async def test_a_cookie_writes_from_our_own_page(visitors: Visitors) -> None:
    browser = await visitors.with_cookie()
    answer = await browser.post("/api/report-jobs", json={"period": "2026-01"})
    assert answer.json()["type"].endswith("/no-transactions")
    del browser.headers["Origin"]
    headers = {"Referer": f"{ADDRESS}/"}
    assert (await browser.post("/api/sign-out", headers=headers)).status_code == 204


async def test_a_rebound_name_does_not_reach_us(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.7:5000"):
        answer = await ann.get("/api/me", headers={"Host": host})
        assert answer.status_code == 421
    for host in ("127.0.0.1:5000", "localhost", "[::1]:5000"):
        assert (await ann.get("/api/me", headers={"Host": host})).status_code == 200


async def test_the_sign_in_page_uses_up_no_code(visitors: Visitors) -> None:
    code = await visitors.code()
    page = await visitors.anonymous().get("/sign-in", params={"code": code})
    assert page.status_code == 200
    assert code not in page.text
    assert "<script src=" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in page.headers["content-security-policy"]
    answer = await visitors.anonymous().post("/api/sign-in", json={"code": code})
    assert answer.status_code == 200
