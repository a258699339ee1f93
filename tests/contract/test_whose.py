"""Whose is it: each operation has a policy, and no way of naming another's thing leads to it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx
from fastapi.routing import iter_route_contexts
from sqlalchemy import text
from tests.support.identity import Visitors, visitors
from tests.support.policies import OPEN_PAGES, POLICIES
from tests.support.walk import CANARY, Call, Ids, World, calls_of, world

from expenseflow.app.openapi import operations
from expenseflow.identity.gate import OPEN_ROUTES
from expenseflow.kit.ids import new_id

__all__ = ["visitors", "world"]

_RULE = {"merchantContains": CANARY, "glCode": "66300"}
NAMING: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("editLines", "lines.id"): {"lines": [{"id": "line_id", "version": 1}], "set": {"note": "x"}},
    ("editLines", "sameVendorAs"): {"sameVendorAs": "line_id", "set": {"note": "x"}},
    ("applyRule", "reportId"): {"reportId": "report_id"},
    ("orderRules", "ids"): {"ids": ["rule_id"]},
    ("testRule", "id"): {"rule": _RULE, "id": "rule_id"},
}
"""Each member of a body that holds an id, in a body that would work; the id stands by its name."""


async def _document(visitors: Visitors) -> dict[str, Any]:
    return (await visitors.anonymous().get("/openapi.json")).json()


async def test_every_operation_has_a_policy(visitors: Visitors) -> None:
    every = {
        operation["operationId"]: path
        for path, _, operation in operations(await _document(visitors))
    }
    assert every.keys() == POLICIES.keys(), "tests/support/policies.py says whose things are"
    opened = {name for name, policy in POLICIES.items() if policy == "open"}
    assert opened == {
        name for name, path in every.items() if path in OPEN_ROUTES or not path.startswith("/api/")
    }


async def test_every_other_address_is_meant_to_be_open(visitors: Visitors) -> None:
    documented = (await _document(visitors))["paths"].keys()
    routes = iter_route_contexts(visitors.app.routes)
    served = {getattr(route, "path_format", None) or getattr(route, "path", "") for route in routes}
    assert served - documented == OPEN_PAGES


async def test_what_has_an_id_is_a_persons_own(visitors: Visitors) -> None:
    for call in await calls_of(visitors):
        assert "{" not in call.path or POLICIES[call.id] in ("own", "admin"), call.id


async def test_what_is_for_all_is_the_same_for_all(world: World) -> None:
    bob = await world.visitors.signed_in("bob@example.com")
    for call in await calls_of(world.visitors):
        if POLICIES[call.id] == "all":
            answer = await call.send(world.ann, world.ids)
            assert answer.status_code == 200
            assert answer.json() == (await call.send(bob, world.ids)).json()
            assert CANARY not in answer.text


async def test_what_is_for_administrators_is_403_for_others(world: World) -> None:
    """Whoever comes from an OpenID provider is no administrator until it says so."""
    ann = world.ann_id
    async with world.visitors.parts.database.transaction() as session:
        from_elsewhere = text(
            "UPDATE users SET issuer = 'https://id', subject = '1' WHERE id = :id"
        )
        await session.execute(from_elsewhere, {"id": ann})
    assert (await world.ann.get("/api/me")).json()["isAdmin"] is False
    before = await world.everything_stored()
    for call in await calls_of(world.visitors):
        if POLICIES[call.id] == "admin":
            answer = await call.send(world.ann, world.ids)
            assert answer.status_code == 403, (call.id, answer.text)
            assert CANARY not in answer.text
    assert await world.everything_stored() == before


def _ids_in(call: Call, schema: dict[str, Any], place: str = "") -> Iterator[str]:
    """The places of a body where an id may stand."""
    schema = call.resolved(schema)
    if schema.get("format") == "uuid":
        yield place
    if schema.get("type") == "array":
        yield from _ids_in(call, schema["items"], place)
    for name, member in schema.get("properties", {}).items():
        yield from _ids_in(call, member, f"{place}.{name}".strip("."))


async def test_an_id_of_another_person_in_a_body_is_as_one_of_nobody(world: World) -> None:
    own = await world.give_ann_one_of_everything()
    before = await world.everything_stored()
    calls = {call.id: call for call in await calls_of(world.visitors)}
    places = {
        (call.id, place)
        for call in calls.values()
        if call.body_schema
        for place in _ids_in(call, call.body_schema)
    }
    assert places == NAMING.keys(), "teach this test a body that would work"
    nobodys = {name: new_id() for name in own}
    for (name, place), body in NAMING.items():
        theirs = await _sent(world.ann, calls[name], own, body, world.ids)
        nothing = await _sent(world.ann, calls[name], own, body, nobodys)
        assert theirs == nothing, (name, place)
        assert CANARY not in theirs[1]
    assert await world.everything_stored() == before
    for (name, place), body in NAMING.items():
        status, _ = await _sent(world.ann, calls[name], own, body, own)
        assert status == 200, f"with her own it works: {name} {place}"


async def _sent(
    ann: httpx.AsyncClient, call: Call, own: Ids, body: Mapping[str, Any], named: Ids
) -> tuple[int, str]:
    """The answer, with whatever id was named taken out of it."""
    filled = json.dumps(body)
    for name, id_ in named.items():
        filled = filled.replace(f'"{name}"', f'"{id_}"')
    answer = await ann.request(call.method, call.filled(own), json=json.loads(filled))
    assert answer.status_code < 500, answer.text
    return answer.status_code, _without(answer.text, named.values())


def _without(told: str, ids: Any) -> str:
    for id_ in ids:
        told = told.replace(str(id_), "…")
    return told


NOBODY_SETS = {
    "userId": str(UUID(int=1)), "user_id": str(UUID(int=1)), "tenantId": "x", "isAdmin": True,
    "is_admin": True, "role": "admin", "status": "Completed", "state": 1, "tier": "own",
    "version": 99, "cost": 0, "calls": 0, "attempt": 9, "submittedAt": None, "createdAt": None,
}  # fmt: skip


async def test_no_body_takes_a_member_that_is_not_its_own(world: World) -> None:
    own = await world.give_ann_one_of_everything()
    bob = await world.visitors.signed_in("bob@example.com")
    before = await world.everything_stored()
    for call in await calls_of(world.visitors):
        if call.body_schema is None:
            continue
        strange = NOBODY_SETS.keys() - call.body_schema.get("properties", {}).keys()
        body = {**(call.body() or {}), **{name: NOBODY_SETS[name] for name in strange}}
        asking = bob if call.is_for_admins else world.ann
        answer = await asking.request(
            call.method, call.filled(own), json=body, headers={"If-Match": '"1"'}
        )
        assert answer.status_code == 400, (call.id, answer.text)
        places = {mistake["pointer"] for mistake in answer.json()["errors"]}
        assert places >= {f"#/{name}" for name in strange}, (call.id, answer.text)
    assert await world.everything_stored() == before


async def test_no_upload_takes_a_member_that_is_not_its_own(world: World) -> None:
    before = await world.everything_stored()
    for call in await calls_of(world.visitors):
        content = call.operation.get("requestBody", {}).get("content", {})
        if "multipart/form-data" not in content:
            continue
        for name in ("userId", "user_id", "period", "format"):
            files = {"file": ("a.csv", b"Date,Description,Amount\n2026-01-02,A,1.00\n")}
            answer = await world.ann.post(call.path, files=files, data={name: "x"})
            assert answer.status_code == 400, (call.id, name, answer.text)
    assert await world.everything_stored() == before
