"""What rules do to the lines of reports: tried, applied, made from a line."""

from typing import Any

import pytest
from sqlalchemy import text
from tests.support import own_rules
from tests.support import reports as make
from tests.support.categorization import lesson
from tests.support.identity import Visitors
from tests.support.reports import Desk, open_desk

from expenseflow.categorization import service as categorization
from expenseflow.kit.ids import new_id

BLUE = {"merchantContains": "blue bottle", "glCode": "64100"}
LISTS = ("wouldChange", "alreadySo", "keptEdited", "keptSubmitted", "keptByEarlierRule")


async def tried(desk: Desk, rule: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The answer of a test."""
    answer = await desk.client.post("/api/rules/test", json={"rule": rule or BLUE} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def counts(test: dict[str, Any]) -> dict[str, int]:
    """How many lines each list has; those that are empty left out."""
    assert test["matched"] == sum(test[name]["totalCount"] for name in LISTS)
    return {name: test[name]["totalCount"] for name in LISTS if test[name]["totalCount"]}


async def apply(desk: Desk, rule: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await desk.client.post(f"/api/rules/{rule['id']}/apply", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_test_tells_what_would_change_and_changes_nothing(desk: Desk) -> None:
    before = (await desk.lines(), await desk.report())
    test = await tried(desk)
    assert counts(test) == {"wouldChange": 3}
    line = await desk.line(0)
    [told] = [each for each in test["wouldChange"]["items"] if each["lineId"] == line["id"]]
    assert told == {
        "reportId": str(desk.report_id),
        "lineId": line["id"],
        "postedOn": line["postedOn"],
        "originalDescription": line["originalDescription"],
        "amount": "6.50",
        "currency": "USD",
        "glCode": "66300",
        "departmentCode": "07",
        "newGlCode": "64100",
        "newDepartmentCode": "07",
        "status": "Draft",
        "why": "Your rule “blue bottle”",
    }
    assert (await desk.lines(), await desk.report()) == before
    assert await own_rules.ids(desk.client) == []


async def test_a_test_pages_through_each_list(desk: Desk) -> None:
    answer = await desk.client.post(
        "/api/rules/test", json={"rule": BLUE}, params={"page": 2, "pageSize": 2}
    )
    page = answer.json()["wouldChange"]
    assert (len(page["items"]), page["totalCount"], page["page"]) == (1, 3, 2)


async def test_edited_accepted_and_submitted_lines_are_kept_and_named(desk: Desk) -> None:
    await desk.edit(await desk.line(0), {"note": "mine"})
    await desk.edit(await desk.line(1), {"glCode": "66300", "departmentCode": "02"})
    test = await tried(desk)
    assert counts(test) == {"wouldChange": 1, "keptEdited": 2}
    assert {each["why"] for each in test["keptEdited"]["items"]} == {
        "You edited or accepted this line"
    }
    await desk.submit()
    test = await tried(desk)
    assert counts(test) == {"keptSubmitted": 3}
    assert test["keptSubmitted"]["items"][0]["status"] == "Submitted"


async def test_a_line_that_says_it_already_is_not_to_change(desk: Desk) -> None:
    assert counts(await tried(desk, BLUE | {"glCode": "66300"})) == {
        "wouldChange": 1,  # the flagged one has no account
        "alreadySo": 2,
    }


async def test_a_test_is_of_one_month_when_asked(desk: Desk) -> None:
    assert counts(await tried(desk, period="2026-01")) == {"wouldChange": 3}
    assert counts(await tried(desk, period="2026-02")) == {}


async def test_a_rule_is_tried_at_its_own_place(desk: Desk) -> None:
    below = await own_rules.save(desk.client, **BLUE)
    await own_rules.save(desk.client, name="Each shop", pattern="*0001", glCode="66300")
    test = await tried(desk, id=below["id"])
    assert counts(test) == {"wouldChange": 2, "keptByEarlierRule": 1}
    [kept] = test["keptByEarlierRule"]["items"]
    assert kept["why"] == "Your rule “Each shop” is asked before this one"
    assert counts(await tried(desk)) == {"wouldChange": 3}
    answer = await desk.client.post("/api/rules/test", json={"rule": BLUE, "id": str(new_id())})
    assert answer.status_code == 404


async def test_applying_changes_what_the_test_named(desk: Desk) -> None:
    await desk.edit(await desk.line(2), {"needsReview": False})
    edited, before = await desk.line(2), await desk.report()
    rule = await own_rules.save(desk.client, **BLUE, name="Blue is fuel", departmentCode="02")
    assert counts(await tried(desk, BLUE | {"departmentCode": "02"}, id=rule["id"])) == {
        "wouldChange": 2,
        "keptEdited": 1,
    }
    assert await apply(desk, rule) == {
        "matched": 3,
        "changed": 2,
        "alreadySo": 0,
        "keptEdited": 1,
        "keptSubmitted": 0,
        "keptByEarlierRule": 0,
    }
    settled, flagged = await desk.line(0), await desk.line(1)
    for line in (settled, flagged):
        assert (line["glCode"], line["departmentCode"], line["tier"]) == ("64100", "02", "rule")
        assert (line["needsReview"], line["reviewReason"]) == (False, None)
        assert (line["explanation"], line["confidence"]) == ("Your rule “Blue is fuel”", 0.99)
        assert (line["version"], line["editedByUser"]) == (2, False)
        assert line["suggestions"] == [
            {"glCode": "64100", "departmentCode": "02", "confidence": 0.99}
        ]
    assert (settled["vendor"], settled["description"]) == ("Blue Bottle Coffee", "Coffee")
    assert flagged["vendor"] == "Blue Bottle"
    assert await desk.line(2) == edited
    after = await desk.report()
    assert (after["version"], after["needsReviewCount"]) == (before["version"] + 1, 0)
    again = await apply(desk, rule)
    assert (again["changed"], again["alreadySo"]) == (0, 2)
    assert await desk.report() == after
    assert await desk.lessons() == {desk.charges[2]: "66300"}


async def test_a_rule_sets_the_texts_it_names(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, **BLUE, vendor="Blue", description="Fuel for people")
    await apply(desk, rule)
    line = await desk.line(0)
    assert (line["vendor"], line["description"]) == ("Blue", "Fuel for people")


async def test_without_a_department_a_line_is_flagged_for_it(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, **BLUE)
    await apply(desk, rule)
    line = await desk.line(1)
    assert (line["glCode"], line["departmentCode"], line["needsReview"]) == ("64100", None, True)
    assert line["reviewReason"] == "No department is known for this merchant yet"
    for at in (0, 2):
        await desk.edit(await desk.line(at), {"needsReview": False})
    await apply(desk, rule)
    assert (await desk.line(1))["departmentCode"] is None, "twice is no habit"
    async with desk.db.transaction() as session:
        (elsewhere,) = await make.add_transactions(session, desk.user_id, period="2025-12")
        taught = [lesson(elsewhere, department_code="07")]
        await categorization.teach(session, desk.user_id, taught, now=make.NOW)
    await apply(desk, rule)
    line = await desk.line(1)
    assert (line["departmentCode"], line["needsReview"]) == ("07", False)


@pytest.mark.parametrize(
    ("body", "changed"),
    [({}, 3), ({"period": "2026-01"}, 3), ({"period": "2026-02"}, 0)],
)
async def test_a_rule_is_applied_where_it_is_told(
    desk: Desk, body: dict[str, Any], changed: int
) -> None:
    rule = await own_rules.save(desk.client, **BLUE)
    assert (await apply(desk, rule, **body))["changed"] == changed


async def test_a_rule_is_applied_to_one_report(desk: Desk) -> None:
    rule = await own_rules.save(desk.client, **BLUE)
    path = f"/api/rules/{rule['id']}/apply"
    both = {"period": "2026-01", "reportId": str(desk.report_id)}
    assert (await desk.client.post(path, json=both)).status_code == 400
    unknown = await desk.client.post(path, json={"reportId": str(new_id())})
    assert unknown.status_code == 404
    assert (await apply(desk, rule, reportId=str(desk.report_id)))["changed"] == 3
    await desk.submit(acceptUnreviewed=True)
    submitted = await desk.client.post(path, json={"reportId": str(desk.report_id)})
    assert submitted.status_code == 409
    assert (await desk.client.post(path)).json()["matched"] == 3


@pytest.mark.parametrize("cause", ["switched off", "no longer in use"])
async def test_a_rule_that_does_not_apply_is_refused(desk: Desk, cause: str) -> None:
    rule = await own_rules.save(desk.client, **BLUE, active=cause == "no longer in use")
    if cause == "no longer in use":
        async with desk.db.transaction() as session:
            await session.execute(text("UPDATE accounts SET active = false WHERE code = '64100'"))
    answer = await desk.client.post(f"/api/rules/{rule['id']}/apply")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/rule-does-not-apply")
    assert cause in answer.json()["detail"]
    assert (await desk.line(0))["glCode"] == "66300"


async def test_nobody_elses_lines_are_tried_or_changed(desk: Desk, visitors: Visitors) -> None:
    bob = await open_desk(visitors, "bob@example.com")
    before = await bob.lines()
    assert counts(await tried(desk)) == {"wouldChange": 3}
    rule = await own_rules.save(desk.client, **BLUE)
    assert (await apply(desk, rule))["changed"] == 3
    assert await bob.lines() == before
    assert await own_rules.ids(bob.client) == []
    not_hers = await desk.client.post(
        f"/api/rules/{rule['id']}/apply", json={"reportId": str(bob.report_id)}
    )
    assert not_hers.status_code == 404


# --- from a line ----------------------------------------------------------------------------


async def always(desk: Desk, at: int, **body: Any) -> Any:
    line = await desk.line(at)
    return await desk.client.post(f"{desk.path}/lines/{line['id']}/rule", json=body)


async def test_a_rule_is_made_from_a_correction(desk: Desk) -> None:
    await desk.edit(await desk.line(1), {"glCode": "64100", "departmentCode": "02"})
    answer = await always(desk, 1)
    assert answer.status_code == 201
    rule = answer.json()["rule"]
    assert (rule["merchantContains"], rule["glCode"]) == ("BLUE BOTTLE", "64100")
    assert (rule["departmentCode"], rule["position"]) == ("02", 1)
    assert answer.json()["changed"] == 0
    assert (await desk.line(0))["glCode"] == "66300"
    assert await own_rules.ids(desk.client) == [rule["id"]]


async def test_the_report_follows_the_correction_when_asked(desk: Desk) -> None:
    await desk.edit(await desk.line(1), {"glCode": "64100", "departmentCode": "02"})
    edited = await desk.line(1)
    answer = await always(desk, 1, apply=True)
    assert (answer.status_code, answer.json()["changed"]) == (201, 2)
    assert [(await desk.line(at))["glCode"] for at in (0, 2)] == ["64100", "64100"]
    assert await desk.line(1) == edited


async def test_a_second_correction_changes_the_rule(desk: Desk) -> None:
    named = await own_rules.save(desk.client, name="Coffee", merchantContains="Blue  bottle")
    other = await own_rules.save(desk.client, merchantContains="blue bottle", amountMin="100")
    answer = await always(desk, 0, apply=True)
    assert answer.status_code == 200
    rule = answer.json()["rule"]
    assert (rule["id"], rule["name"], rule["glCode"]) == (named["id"], "Coffee", "66300")
    assert (rule["position"], rule["version"], rule["active"]) == (1, 2, True)
    assert await own_rules.ids(desk.client) == [named["id"], other["id"]]


async def test_a_line_without_an_account_makes_no_rule(desk: Desk) -> None:
    answer = await always(desk, 1)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/line-has-no-account")
    assert await own_rules.ids(desk.client) == []


async def test_a_submitted_report_can_make_a_rule_but_not_follow_it(desk: Desk) -> None:
    await desk.submit(acceptUnreviewed=True)
    refused = await always(desk, 0, apply=True)
    assert refused.status_code == 409
    assert await own_rules.ids(desk.client) == []
    assert (await always(desk, 0)).status_code == 201


async def test_a_line_of_another_report_is_404(desk: Desk, visitors: Visitors) -> None:
    bob = await open_desk(visitors, "bob@example.com")
    line = await bob.line(0)
    for report in (desk.report_id, bob.report_id, new_id()):
        answer = await desk.client.post(f"/api/reports/{report}/lines/{line['id']}/rule")
        assert answer.status_code == 404
