"""/api/rules: what a person saves."""

from typing import Any

import pytest
from sqlalchemy import text
from tests.support import own_rules, reports
from tests.support.reports import Desk

from expenseflow.categorization.own_rules import repository
from expenseflow.categorization.own_rules.rules import MOST, Content
from expenseflow.kit.ids import new_id

FULL = {
    "name": "Coffee for guests",
    "active": False,
    "merchantContains": "Blue Bottle",
    "pattern": "sq*bottle*",
    "amountMin": "-5.00",
    "amountMax": "12.50",
    "currency": "USD",
    "sourceCategory": "Food & Drink",
    "account": "4242",
    "glCode": "64100",
    "departmentCode": "02",
    "vendor": "Blue Bottle Coffee",
    "description": "Coffee",
}


async def test_a_rule_is_answered_as_it_was_sent(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, **FULL)
    said = {name: rule[name] for name in FULL}
    assert said == FULL
    assert (rule["position"], rule["title"], rule["version"]) == (1, FULL["name"], 1)
    assert rule["problem"] is None
    assert rule["updatedAt"].endswith("Z")
    assert (await desk.client.get(f"/api/rules/{rule['id']}")).json() == rule


async def test_saving_a_rule_changes_no_line(desk: Desk) -> None:
    before = (await desk.lines(), await desk.report())
    await own_rules.save(desk.client, merchantContains="blue bottle")
    assert (await desk.lines(), await desk.report()) == before


async def test_empty_texts_are_none(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, merchantContains=" uber ", name=" ", vendor="")
    assert (rule["merchantContains"], rule["name"], rule["vendor"]) == ("uber", None, None)
    assert rule["title"] == "uber"


async def test_a_new_rule_is_asked_first(desk: Desk) -> None:
    first = await own_rules.save(desk.client, merchantContains="uber")
    second = await own_rules.save(desk.client, merchantContains="uber eats")
    page = (await desk.client.get("/api/rules")).json()
    assert [rule["id"] for rule in page["items"]] == [second["id"], first["id"]]
    assert [rule["position"] for rule in page["items"]] == [1, 2]
    assert page["totalCount"] == 2
    last = (await desk.client.get("/api/rules", params={"page": 2, "pageSize": 1})).json()
    assert [rule["position"] for rule in last["items"]] == [2]


async def test_the_order_is_the_persons(desk: Desk) -> None:
    made = [(await own_rules.save(desk.client, merchantContains=word))["id"] for word in "abc"]
    answer = await desk.client.put("/api/rules/order", json={"ids": made})
    assert answer.status_code == 200
    assert [rule["id"] for rule in answer.json()["items"]] == made
    newest = (await own_rules.save(desk.client, merchantContains="d"))["id"]
    assert await own_rules.ids(desk.client) == [newest, *made]


async def test_an_order_names_each_rule_once(desk: Desk) -> None:
    one = (await own_rules.save(desk.client, merchantContains="one"))["id"]
    two = (await own_rules.save(desk.client, merchantContains="two"))["id"]
    for wrong in ([one], [one, one], [one, two, two], [one, two, str(new_id())], []):
        answer = await desk.client.put("/api/rules/order", json={"ids": wrong})
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("/order-incomplete")
        assert answer.json()["ids"] == [two, one]
    assert await own_rules.ids(desk.client) == [two, one]


async def test_a_rule_is_changed_at_its_place(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, merchantContains="uber")
    await own_rules.save(desk.client, merchantContains="lyft")
    path = f"/api/rules/{rule['id']}"
    body = {"merchantContains": "uber", "glCode": "66300", "version": rule["version"]}
    changed = (await desk.client.put(path, json=body)).json()
    assert (changed["glCode"], changed["version"], changed["position"]) == ("66300", 2, 2)
    stale = await desk.client.put(path, json=body | {"glCode": "64100"})
    assert stale.status_code == 409
    assert stale.json()["type"].endswith("/rule-changed")
    again = await desk.client.put(path, json=body | {"version": None})
    assert again.json() == changed


async def test_a_deleted_rule_is_gone(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, merchantContains="uber")
    path = f"/api/rules/{rule['id']}"
    assert (await desk.client.delete(path)).status_code == 204
    for answer in (await desk.client.get(path), await desk.client.delete(path)):
        assert answer.status_code == 404
    assert await own_rules.ids(desk.client) == []


@pytest.mark.parametrize(
    "body",
    [
        {"glCode": "64100"},
        {"glCode": "64100", "merchantContains": " "},
        {"glCode": "64100", "merchantContains": "***"},
        {"glCode": "64100", "pattern": "*"},
        {"glCode": "64100", "merchantContains": "uber", "pattern": "?*"},
        {"glCode": "64100", "amountMin": "2", "amountMax": "1.99"},
        {"glCode": "60000", "merchantContains": "uber"},
        {"glCode": "1", "merchantContains": "uber"},
        {"glCode": "64100", "departmentCode": "77", "merchantContains": "uber"},
    ],
)
async def test_a_rule_that_cannot_work_is_422_and_not_saved(
    desk: Desk, body: dict[str, Any]
) -> None:
    rule = await own_rules.save(desk.client, merchantContains="lyft")
    for answer in (
        await desk.client.post("/api/rules", json=body),
        await desk.client.put(f"/api/rules/{rule['id']}", json=body),
        await desk.client.post("/api/rules/test", json={"rule": body}),
    ):
        assert answer.status_code == 422, answer.text
    assert (await desk.client.get("/api/rules")).json()["items"] == [rule]


@pytest.mark.parametrize(
    "change",
    [
        {"glCode": None},
        {"glCode": ""},
        {"glCode": "6" * 41},
        {"merchantContains": "x" * 201},
        {"pattern": "x" * 101},
        {"name": "x" * 101},
        {"vendor": "x" * 201},
        {"description": "x" * 501},
        {"amountMin": 1},
        {"amountMin": "1,00"},
        {"amountMin": "1.00001"},
        {"amountMax": "1" * 13},
        {"amountMax": "NaN"},
        {"currency": "usd"},
        {"active": "yes"},
        {"merchantContains": "a\0b"},
        {"surprise": True},
    ],
)
async def test_a_malformed_rule_is_400_and_not_saved(desk: Desk, change: dict[str, Any]) -> None:
    body = {"glCode": "64100", "merchantContains": "uber"} | change
    answer = await desk.client.post("/api/rules", json=body)
    assert answer.status_code == 400, answer.text
    assert await own_rules.ids(desk.client) == []


async def test_a_rule_whose_account_went_out_of_use_says_so(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, merchantContains="uber", departmentCode="02")
    for table, code, words in (
        ("departments", "02", "The department 02 is no longer in use"),
        ("accounts", "64100", "The account 64100 is no longer in use"),
    ):
        async with desk.db.transaction() as session:
            await session.execute(
                text(f"UPDATE {table} SET active = false WHERE code = :code"),  # noqa: S608  # ours
                {"code": code},
            )
        answer = (await desk.client.get(f"/api/rules/{rule['id']}")).json()
        assert answer["problem"] == f"{words}, so this rule does not apply"
        assert (await desk.client.get("/api/rules")).json()["items"] == [answer]


async def test_there_is_room_for_500(desk: Desk) -> None:
    async with desk.db.transaction() as session:
        for number in range(MOST):
            content = Content("64100", merchant_contains=f"shop {number}")
            await repository.add_first(session, desk.user_id, content, now=reports.NOW)
    body = {"glCode": "64100", "merchantContains": "one more"}
    answer = await desk.client.post("/api/rules", json=body)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/too-many-rules")
    assert len(await own_rules.ids(desk.client)) == MOST
