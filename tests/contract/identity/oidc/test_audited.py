"""Who came in by a provider, and who did not, is told as of any other way in."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.openid import ADMIN_ROLE
from tests.support.openid.visiting import OidcVisitors

from expenseflow.infra import logs

CALLBACK = "/api/sign-in/oidc/callback"


@pytest.fixture(autouse=True)
def told() -> Iterator[None]:
    logs.configure("json")
    yield
    logs.configure("json", level=30)


def _lines(log: pytest.CaptureFixture[str], **those: object) -> list[dict[str, Any]]:
    """The events of the audit, since it was last asked, that say this."""
    lines = [json.loads(line) for line in log.readouterr().err.splitlines()]
    events = [line for line in lines if line["event"].startswith("audit.")]
    return [event for event in events if those.items() <= event.items()]


def _events(log: pytest.CaptureFixture[str]) -> list[tuple[Any, ...]]:
    return [(line["event"], line["actor"], line.get("why")) for line in _lines(log)]


async def test_who_came_in_by_a_provider_and_who_did_not_is_told(
    oidc: OidcVisitors, capsys: pytest.CaptureFixture[str]
) -> None:
    await oidc.signed_in("ann")
    _events(capsys)
    browser = await oidc.signed_in("ann")
    came = _events(capsys)
    ann = (await browser.get("/api/me")).json()["id"]
    assert came == [("audit.signed_in", ann, None)]

    await oidc.anonymous().get(CALLBACK, params={"code": "x", "state": "of-nobody"})
    assert _events(capsys) == [("audit.sign_in_failed", None, "expired")]

    await oidc.begins(oidc.anonymous())
    assert _events(capsys) == []


async def test_whom_a_sign_in_adds_and_whose_role_it_changes_is_told_once(
    oidc: OidcVisitors, capsys: pytest.CaptureFixture[str]
) -> None:
    key, told = oidc.provider.keys[0], list[tuple[str, Any]]()
    for at, roles in enumerate(([], [], [ADMIN_ROLE], [ADMIN_ROLE], None, [])):
        oidc.clock.advance(1)
        ann = oidc.bearing(key.sign(oidc.claims(roles=roles, jti=str(at))))
        ann_id = (await ann.get("/api/me")).json()["id"]
        await ann.get("/api/me")
        told += [(line["event"], line["is_admin"]) for line in _lines(capsys, actor=ann_id)]
    assert told == [
        ("audit.person_added", False), ("audit.role_changed", True), ("audit.role_changed", False),
    ]  # fmt: skip


async def test_whom_a_browser_brings_for_the_first_time_is_told(
    oidc: OidcVisitors, capsys: pytest.CaptureFixture[str]
) -> None:
    root = (await (await oidc.signed_in("root")).get("/api/me")).json()["id"]
    told = [(line["event"], line.get("is_admin")) for line in _lines(capsys, actor=root)]
    assert told == [("audit.person_added", True), ("audit.signed_in", None)]
