"""Walks every route of the OpenAPI document as somebody who may not.

The list of routes is the document's own, so a new route is walked from its first day.
"""

from typing import Any

import httpx
import pytest
from tests.support.identity import ADDRESS, visitors
from tests.support.walk import CANARY, Call, World, calls_of, world

from expenseflow.kit.ids import new_id

__all__ = ["visitors", "world"]


def _is_401(answer: httpx.Response, call: Call) -> None:
    assert answer.status_code == 401, (call.method, call.path, answer.text)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer broken"},
        {"Authorization": "Bearer e30.e30.e30"},
        {"Cookie": "expenseflow_session=broken", "Origin": ADDRESS},
    ],
    ids=["none", "broken", "unsigned", "broken cookie"],
)
async def test_nothing_answers_without_credentials(world: World, headers: dict[str, str]) -> None:
    before = await world.everything_stored()
    nobody = world.visitors.anonymous()
    for call in await calls_of(world.visitors):
        _is_401(await call.send(nobody, world.ids, **headers), call)
    assert await world.everything_stored() == before


async def test_nothing_answers_to_a_token_that_was_taken_back(world: World) -> None:
    token = world.ann.headers["Authorization"]
    assert (await world.ann.post("/api/sign-out")).status_code == 204
    before = await world.everything_stored()
    for call in await calls_of(world.visitors):
        _is_401(await call.send(world.visitors.anonymous(), world.ids, Authorization=token), call)
    assert await world.everything_stored() == before


async def test_nothing_of_another_person_is_found_and_it_looks_like_nothing(world: World) -> None:
    before = await world.everything_stored()
    nowhere = {name: new_id() for name in world.ids}
    with_ids = [call for call in await calls_of(world.visitors) if "{" in call.path]
    assert len(with_ids) > 8
    for call in with_ids:
        theirs = await call.send(world.ann, world.ids)
        nobodys = await call.send(world.ann, nowhere)
        wanted = 403 if call.is_for_admins else 404
        assert theirs.status_code == nobodys.status_code == wanted, (
            call.method,
            call.path,
            theirs.text,
        )
        assert {**theirs.json(), "instance": ""} == {**nobodys.json(), "instance": ""}
        assert CANARY not in theirs.text
    assert await world.everything_stored() == before


async def test_no_list_and_no_file_holds_anything_of_another_person(world: World) -> None:
    for call in await calls_of(world.visitors):
        if call.method != "get" or "{" in call.path:
            continue
        answer = await call.send(world.ann, world.ids)
        wanted = (403,) if call.is_for_admins else (200, 404)
        assert answer.status_code in wanted, (call.path, answer.text)
        assert CANARY not in answer.text
        assert not [str(id_) for id_ in world.ids.values() if str(id_) in answer.text]


async def test_what_is_for_administrators_is_403_for_everybody_else(world: World) -> None:
    before = await world.everything_stored()
    theirs = [call for call in await calls_of(world.visitors) if call.is_for_admins]
    assert {call.path for call in theirs} > {"/api/admin/users", "/api/admin/report-jobs"}
    assert {c.path for c in await calls_of(world.visitors) if "/admin/" in c.path} <= {
        c.path for c in theirs
    }
    for call in theirs:
        answer = await call.send(world.ann, world.ids)
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-an-admin")
        assert CANARY not in answer.text
    assert await world.everything_stored() == before


async def test_an_id_that_is_no_uuid_is_404_everywhere(world: World) -> None:
    bob = await world.visitors.signed_in("bob@example.com")
    for call in await calls_of(world.visitors):
        if "{" not in call.path:
            continue
        broken: dict[str, Any] = dict.fromkeys(world.ids, "not-a-uuid")
        answer = await call.send(bob, broken)
        assert answer.status_code == 404, (call.method, call.path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_what_ann_may_do_with_nothing_of_her_own_is_no_5xx(world: World) -> None:
    for call in await calls_of(world.visitors):
        answer = await call.send(world.ann, world.ids)
        assert answer.status_code < 500, (call.method, call.path, answer.text)


async def test_what_is_answered_is_what_the_document_names(world: World) -> None:
    """With things of one's own, of another, of nobody, and without the headers one needs."""
    bob = await world.visitors.signed_in("bob@example.com")
    calls = sorted(await calls_of(world.visitors), key=lambda call: call.method == "delete")
    for call in (call for call in calls if call.path != "/api/sign-out"):
        answers = [await call.send(world.ann, world.ids), await call.send(bob, world.ids)]
        if "{" in call.path:
            answers.append(await bob.request(call.method, call.filled(world.ids), json={}))
        if call.method == "get":
            answers.append(await bob.get(call.filled(world.ids), params={"page": 0}))
        for answer in answers:
            named = str(answer.status_code) in call.operation["responses"]
            assert named, (call.method, call.path, answer.text)
