"""A new installation, and sessions as they begin."""

import httpx
from sqlalchemy import text
from tests.support import streams
from tests.support.identity import ADDRESS, Visitors

from expenseflow.app.openapi import operations
from expenseflow.identity.attempts import PER_MINUTE
from expenseflow.identity.cookies import SESSION as COOKIE


async def test_a_new_installation_knows_nobody(visitors: Visitors) -> None:
    """No account that everybody knows, and no page that makes the first one."""
    async with visitors.parts.database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM users")) == 0
    nobody = visitors.anonymous(Origin=ADDRESS)
    for code in ("admin", "password", "changeme", "0", "expenseflow"):
        assert (await nobody.post("/api/sign-in", json={"code": code})).status_code == 401
    document = (await nobody.get("/openapi.json")).json()
    for path, _, _ in operations(document):
        assert not any(word in path for word in ("setup", "install", "register", "sign-up", "init"))


async def test_each_sign_in_is_a_session_of_its_own_and_none_is_taken_over(
    visitors: Visitors,
) -> None:
    planted = (await visitors.with_cookie("mallory@example.com")).cookies[COOKIE]
    found = {planted}
    for given in (None, planted, "00000000-0000-0000-0000-000000000000"):
        headers = {} if given is None else {"Cookie": f"{COOKIE}={given}"}
        browser = visitors.anonymous(Origin=ADDRESS, **headers)
        answer = await browser.post("/api/sign-in", json={"code": await visitors.code()})
        assert answer.status_code == 200
        new = answer.cookies[COOKIE]
        assert new not in found
        found.add(new)
        me = await visitors.anonymous(Cookie=f"{COOKIE}={new}").get("/api/me")
        assert me.json()["email"] == "ann@example.com"


async def test_an_address_that_a_header_claims_is_not_believed(visitors: Visitors) -> None:
    """Else each try to sign in would come from somewhere else."""
    async with streams.serving(visitors) as server:
        statuses: list[int] = []
        for number in range(PER_MINUTE + 1):
            claimed = f"203.0.113.{number}"
            headers = {"X-Forwarded-For": claimed, "Forwarded": f"for={claimed}"}
            guess = {"code": "guess"}
            answer = await server.client.post("/api/sign-in", json=guess, headers=headers)
            statuses.append(answer.status_code)
    assert statuses == [401] * PER_MINUTE + [429]


async def test_no_answer_names_its_server_and_trace_is_refused(visitors: Visitors) -> None:
    async with streams.serving(visitors) as server:
        answers: list[httpx.Response] = [
            await server.client.get("/"),
            await server.client.get("/health/live"),
            await server.client.get("/health/ready"),
            await server.client.get("/nowhere"),
            await server.client.request("TRACE", "/api/me", headers={"X-Canary": "quokka"}),
            await server.client.request("TRACE", "/", headers={"X-Canary": "quokka"}),
        ]
    for answer in answers:
        assert not {"server", "x-powered-by", "via"} & answer.headers.keys()
        assert "quokka" not in answer.text
    assert [answer.status_code for answer in answers[-2:]] == [401, 405]
