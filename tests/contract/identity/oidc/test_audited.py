"""Who came in by a provider, and who did not, is told as of any other way in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.openid.visiting import OidcVisitors

from expenseflow.infra import logs

CALLBACK = "/api/sign-in/oidc/callback"


@pytest.fixture(autouse=True)
def told() -> Iterator[None]:
    logs.configure("json")
    yield
    logs.configure("json", level=30)


def _events(log: pytest.CaptureFixture[str]) -> list[tuple[Any, ...]]:
    lines = [json.loads(line) for line in log.readouterr().err.splitlines()]
    return [
        (line["event"], line["actor"], line.get("why"))
        for line in lines
        if line["event"].startswith("audit.")
    ]


async def test_who_came_in_by_a_provider_and_who_did_not_is_told(
    oidc: OidcVisitors, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = await oidc.signed_in("ann")
    came = _events(capsys)
    ann = (await browser.get("/api/me")).json()["id"]
    assert came == [("audit.signed_in", ann, None)]

    await oidc.anonymous().get(CALLBACK, params={"code": "x", "state": "of-nobody"})
    assert _events(capsys) == [("audit.sign_in_failed", None, "expired")]

    await oidc.begins(oidc.anonymous())
    assert _events(capsys) == []
