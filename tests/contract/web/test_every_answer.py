"""What holds for every answer, whatever was asked and whatever became of it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.support.identity import Visitors, test_settings
from tests.support.walk import World, calls_of, world

from expenseflow.app.openapi import operations
from expenseflow.infra.db import Database

__all__ = ["world"]

SECURITY = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
EVIL = [
    "https://evil.example", "null", "http://localhost:5000.evil.example", "http://sub.localhost",
    "http://evillocalhost:5000", "https://localhost:5000",
]  # fmt: skip


def _is_dressed(answer: httpx.Response) -> None:
    headers, about = answer.headers, (answer.request.method, answer.url, answer.status_code)
    for name, value in SECURITY.items():
        assert headers.get(name) == value, (about, name)
    assert headers["referrer-policy"] in ("same-origin", "no-referrer"), about
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'"), about
    assert "frame-ancestors 'none'" in policy, about
    assert "unsafe" not in policy, about
    assert "server" not in headers, about
    assert "x-powered-by" not in headers, about
    if answer.url.path.startswith("/api/"):
        assert headers["cache-control"] == "no-store", about


@pytest.fixture
async def broken(visitors: Visitors) -> AsyncIterator[httpx.AsyncClient]:
    """One of the routes has a mistake in it."""

    async def boom() -> None:
        text = "QUOKKA in the machine"
        raise RuntimeError(text)

    routes = visitors.app.router.routes
    visitors.app.add_api_route("/broken", boom)
    routes.insert(0, routes.pop())
    async with visitors.anonymous() as client:
        yield client


async def test_every_answer_carries_the_security_headers(world: World) -> None:
    """Done, not found, not signed in, refused: 2xx, 401 and 404 of each operation."""
    nobody = world.visitors.anonymous()
    for call in await calls_of(world.visitors):
        _is_dressed(await call.send(world.ann, world.ids))
        _is_dressed(await call.send(nobody, world.ids))


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
async def test_every_kind_of_refusal_carries_them(
    visitors: Visitors, broken: httpx.AsyncClient, accept: str
) -> None:
    ann = await visitors.signed_in()
    ann.headers["Accept"] = broken.headers["Accept"] = accept
    seen = [
        (500, await broken.get("/broken")),
        (404, await ann.get("/nowhere")),
        (404, await ann.get("/api/nowhere")),
        (404, await ann.get("/static/../../etc/passwd")),
        (405, await ann.put("/api/me")),
        (405, await ann.request("TRACE", "/sign-in")),
        (400, await ann.post("/api/report-jobs", json={})),
        (413, await ann.post("/api/report-jobs", content=b" " * 2_000_000)),
        (415, await ann.post("/api/report-jobs", content=b"x", headers={"Content-Type": "a/b"})),
        (421, await ann.get("/sign-in", headers={"Host": "evil.example"})),
        (200, await ann.get("/health/ready")),
        (200, await ann.get("/metrics")),
        (307, await ann.get("/")),
        (204, await ann.options("/api/me")),
    ]
    for status, answer in seen:
        assert answer.status_code == status, (answer.url, answer.text)
        _is_dressed(answer)


async def test_over_https_browsers_are_told_to_stay_there(db: Database) -> None:
    for public, told in (
        ("https://expenses.example.com", "max-age=31536000; includeSubDomains"),
        ("http://localhost:5000", None),
        (None, None),
    ):
        visitors = Visitors(db, public_url=public)
        try:
            for path in ("/sign-in", "/api/me", "/nowhere"):
                answer = await visitors.anonymous().get(path)
                assert answer.headers.get("strict-transport-security") == told
        finally:
            await visitors.close()


async def test_no_operation_lets_another_origin_read(world: World) -> None:
    for call in await calls_of(world.visitors):
        where = call.filled(world.ids)
        for origin in EVIL:
            asking = {
                "Origin": origin,
                "Access-Control-Request-Method": call.method.upper(),
                "Access-Control-Request-Headers": "authorization",
            }
            preflight = await world.ann.options(where, headers=asking)
            assert not [name for name in preflight.headers if name.startswith("access-control")]
        answer = await call.send(world.ann, world.ids, Origin=EVIL[0])
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_nothing_of_a_mistake_is_answered(broken: httpx.AsyncClient) -> None:
    answer = await broken.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/unexpected"
    for inside in ("QUOKKA", "RuntimeError", "Traceback", ".py", "boom"):
        assert inside not in answer.text


async def test_no_parameter_of_an_address_is_a_secret_or_a_person(visitors: Visitors) -> None:
    """What stands in an address ends in histories and in the logs of others."""
    document = (await visitors.anonymous().get("/openapi.json")).json()
    told = {
        parameter["name"].lower()
        for _, _, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if parameter["in"] in ("path", "query")
    }
    for word in ("token", "code", "key", "secret", "password", "mail", "session", "cookie"):
        assert not {name for name in told if word in name} - {"glcode", "departmentcode"}, word


def test_settings_do_not_show_their_secrets() -> None:
    secrets = {
        "database_url": "postgresql://me:quokka@db/x",
        "llm_base_url": "https://quokka:quokka@ai.example/quokka/v1",
        "llm_api_key": "sk-quokka",
        "alert_webhook_url": "https://example.com/quokka",
        "alert_webhook_secret": "quokka",
        "oidc_client_secret": "quokka",
        "signing_key": "quokka",
    }
    settings = test_settings(**secrets)
    for shown in (repr(settings), str(settings), f"{settings!r:>5}"):
        assert "log_format='console'" in shown.replace(" ", "")
        assert "quokka" not in shown
