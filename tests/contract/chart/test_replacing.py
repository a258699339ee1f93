"""`PUT /api/accounts` and `/api/departments`: the whole list, by who saw the one before."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.support.identity import Visitors

PATHS = ["/api/accounts", "/api/departments"]
ACCOUNTS = PATHS[0]
MEALS, FUEL = {"code": "1", "name": "Meals"}, {"code": "2", "name": "Fuel"}


def _out(code: str, name: str, *, active: bool = True, description: str | None = None) -> Any:
    return {"code": code, "name": name, "description": description, "active": active}


async def _tag(client: httpx.AsyncClient, path: str = ACCOUNTS) -> str:
    return (await client.get(path)).raise_for_status().headers["etag"]


async def _put(
    client: httpx.AsyncClient,
    *items: Any,
    path: str = ACCOUNTS,
    tag: str | None = None,
    **query: Any,
) -> httpx.Response:
    headers = {"If-Match": tag or await _tag(client, path)}
    return await client.put(path, json={"items": items}, headers=headers, params=query)


async def _items(client: httpx.AsyncClient, path: str = ACCOUNTS) -> list[Any]:
    return (await client.get(path)).json()["items"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_list_is_replaced_and_what_it_leaves_out_goes_out_of_use(
    visitors: Visitors, path: str
) -> None:
    admin = await visitors.signed_in()
    first = await _put(admin, MEALS, FUEL, path=path)
    assert first.json() == {
        "added": [_out("1", "Meals"), _out("2", "Fuel")],
        "changed": [], "deactivated": [], "unchanged": 0, "rejected": [], "isDrastic": False,
    }  # fmt: skip
    lunch = {"code": "1", "name": "Lunch", "description": "at noon"}
    second = await _put(admin, lunch, path=path, tag=first.headers["etag"])
    becomes = _out("1", "Lunch", description="at noon")
    assert second.json()["changed"] == [{"was": _out("1", "Meals"), "becomes": becomes}]
    assert second.json()["deactivated"] == [_out("2", "Fuel")]
    assert await _items(admin, path) == [becomes, _out("2", "Fuel", active=False)]
    assert await _tag(admin, path) == second.headers["etag"] != first.headers["etag"]


async def test_csv_is_taken_as_the_command_line_takes_it(visitors: Visitors) -> None:
    admin = await visitors.signed_in()
    headers = {"If-Match": await _tag(admin), "Content-Type": "text/csv; charset=utf-8"}
    content = "\ufeffname;code;active\nMeals;1;yes\nCafé;2;no\n".encode()
    answer = await admin.put(ACCOUNTS, content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    assert await _items(admin) == [_out("1", "Meals"), _out("2", "Café", active=False)]


async def test_a_dry_run_says_what_would_change_and_stores_nothing(visitors: Visitors) -> None:
    admin = await visitors.signed_in()
    tag = (await _put(admin, MEALS, FUEL)).headers["etag"]
    wrong = {"code": "3", "name": " "}
    dry = await _put(admin, {"code": "1", "name": "Lunch"}, wrong, dryRun=True)
    told = dry.json()
    assert told["rejected"] == [{"row": 2, "code": "3", "reason": "the name is empty"}]
    assert [len(told[kind]) for kind in ("added", "changed", "deactivated")] == [0, 1, 1]
    assert dry.headers["etag"] == await _tag(admin) == tag
    assert await _items(admin) == [_out("1", "Meals"), _out("2", "Fuel")]


@pytest.mark.parametrize(
    ("items", "row", "reason"),
    [
        ([MEALS, {"code": "", "name": "A"}], 2, "the code is empty"),
        ([MEALS, MEALS], 2, "the code 1 stands there twice"),
        ([{"code": "x" * 41, "name": "A"}], 1, "the code has more than 40 characters"),
        ([{"code": "a\tb", "name": "A"}], 1, "the code holds a control character"),
    ],
)
async def test_a_bad_row_is_422_by_row_and_reason_and_nothing_is_stored(
    visitors: Visitors, items: list[Any], row: int, reason: str
) -> None:
    admin = await visitors.signed_in()
    answer = await _put(admin, *items)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-chart")
    assert answer.json()["detail"] == f"Row {row}: {reason}."
    assert [(one["row"], one["reason"]) for one in answer.json()["rejected"]] == [(row, reason)]
    assert await _items(admin) == []


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"items":[{"code":1,"name":"A"}]}', "application/json", 400),
        (b'{"items":[{"code":"1","name":"A","active":"yes"}]}', "application/json", 400),
        (b'{"items":[{"code":"1","name":"A","owner":"me"}]}', "application/json", 400),
        (b'{"items":[{"code":"1","name":"A\\u0000"}]}', "application/json", 400),
        (b'{"items":[{"code":"1","name":"A\\ud800"}]}', "application/json", 400),
        (b'{"items":null}', "application/json", 400),
        (b'{"items":[', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"items":[]}', "application/json", 422),
        (b"code,name\n", "text/csv", 422),
        (b"1,Meals\n", "text/csv", 422),
        (b'code,name\n1,"A\n', "text/csv", 422),
        (b"code,name\n1,\xff\n", "text/csv", 400),
        (b"code,name\n1,A\n", "text/plain", 415),
        (b" " * 5_000_001, "text/csv", 413),
    ],
)
async def test_what_is_no_list_is_refused(
    visitors: Visitors, content: bytes, media_type: str, status: int
) -> None:
    admin = await visitors.signed_in()
    headers = {"If-Match": await _tag(admin), "Content-Type": media_type}
    answer = await admin.put(ACCOUNTS, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert await _items(admin) == []


async def test_a_wrong_member_is_named_by_its_place(visitors: Visitors) -> None:
    admin = await visitors.signed_in()
    answer = await _put(admin, MEALS, {"code": "2"})
    assert answer.json()["errors"] == [{"detail": "This is missing.", "pointer": "#/items/1/name"}]


@pytest.mark.parametrize("tag", ["*", "1", 'W/"1"', '"1"', ""])
async def test_another_form_of_if_match_is_400(visitors: Visitors, tag: str) -> None:
    admin = await visitors.signed_in()
    answer = await admin.put(ACCOUNTS, json={"items": [MEALS]}, headers={"If-Match": tag})
    assert answer.status_code == 400, answer.text


async def test_without_if_match_it_is_428_and_with_an_old_one_412(visitors: Visitors) -> None:
    admin = await visitors.signed_in()
    old = await _tag(admin)
    await _put(admin, MEALS)
    missing = await admin.put(ACCOUNTS, json={"items": [FUEL]})
    stale = await _put(admin, FUEL, tag=old)
    assert (missing.status_code, stale.status_code) == (428, 412)
    assert stale.json()["type"] == "/problems/chart-changed"
    assert await _items(admin) == [_out("1", "Meals")]


async def test_of_many_who_saw_the_same_list_one_gets_through(visitors: Visitors) -> None:
    admin = await visitors.signed_in()
    tag = await _tag(admin)
    lists = [{"code": "1", "name": f"From {number}"} for number in range(8)]
    answers = await asyncio.gather(*(_put(admin, one, tag=tag) for one in lists))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


async def test_every_page_has_the_tag_of_the_whole_list(visitors: Visitors) -> None:
    admin = await visitors.signed_in()
    tag = (await _put(admin, MEALS, FUEL)).headers["etag"]
    pages = [await admin.get(ACCOUNTS, params={"page": at, "pageSize": 1}) for at in (1, 2, 3)]
    assert {page.headers["etag"] for page in pages} == {tag}
