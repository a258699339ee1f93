"""PATCH /api/reports/{id}/lines/{lineId}."""

from typing import Any

import pytest
from sqlalchemy import text
from tests.support import reports as make
from tests.support.identity import Visitors
from tests.support.reports import Desk

from expenseflow.kit.ids import new_id
from expenseflow.reports import rules


async def test_an_edit_is_the_persons_and_teaches_memory(desk: Desk) -> None:
    before = await desk.line(1)
    answer = await desk.edit(before, {"glCode": "64100", "departmentCode": "02"})
    assert answer.status_code == 200
    line = answer.json()
    assert answer.headers["etag"] == '"2"'
    assert (line["glCode"], line["departmentCode"], line["version"]) == ("64100", "02", 2)
    assert (line["needsReview"], line["editedByUser"]) == (False, True)
    assert line == await desk.line(1)
    assert await desk.lessons() == {desk.charges[1]: "64100"}
    report = await desk.report()
    assert (report["needsReviewCount"], report["version"]) == (0, 2)


async def test_texts_are_trimmed_and_null_clears(desk: Desk) -> None:
    edited = await desk.edit(
        await desk.line(0), {"vendor": "  Blue Bottle ", "note": "with Bob", "description": "Tea"}
    )
    line = edited.json()
    assert (line["vendor"], line["note"], line["description"]) == ("Blue Bottle", "with Bob", "Tea")
    cleared = await desk.edit(line, {"vendor": None, "note": "", "description": None})
    line = cleared.json()
    assert (line["vendor"], line["note"]) == (None, None)
    assert line["description"] == line["originalDescription"]
    assert line["glCode"] == "66300"


async def test_a_members_absence_leaves_it_as_it_is(desk: Desk) -> None:
    before = await desk.line(0)
    line = (await desk.edit(before, {"note": "x"})).json()
    changed = {name for name in line if line[name] != before[name]}
    assert changed == {"note", "editedByUser", "version"}


async def test_nothing_to_change_changes_nothing(desk: Desk) -> None:
    before = await desk.line(0)
    answer = await desk.edit(before, {})
    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, before, '"1"')
    assert await desk.lessons() == {}
    assert (await desk.report())["version"] == 1


async def test_taking_the_account_away_flags_the_line_and_unteaches(desk: Desk) -> None:
    taught = (await desk.edit(await desk.line(0), {"glCode": "64100"})).json()
    line = (await desk.edit(taught, {"glCode": None})).json()
    assert (line["needsReview"], line["reviewReason"]) == (True, rules.NO_ACCOUNT)
    assert await desk.lessons() == {}


async def test_accepting_teaches_and_undoing_unteaches(desk: Desk) -> None:
    await desk.run_job(make.settled(desk.charges[1], needs_review=True, review_reason="Unsure"))
    before = await desk.line(1)
    accepted = (await desk.edit(before, {"needsReview": False})).json()
    assert (accepted["needsReview"], accepted["reviewReason"]) == (False, None)
    assert accepted["editedByUser"]
    assert await desk.lessons() == {desk.charges[1]: "66300"}
    undone = (await desk.edit(accepted, {"needsReview": True})).json()
    assert undone == before | {"version": before["version"] + 2}
    assert await desk.lessons() == {}


async def test_a_line_without_an_account_can_be_accepted_and_teaches_nothing(desk: Desk) -> None:
    accepted = await desk.edit(await desk.line(1), {"needsReview": False})
    assert accepted.json()["needsReview"] is False
    assert await desk.lessons() == {}


async def test_a_stale_version_is_412_with_the_line_as_it_stands(desk: Desk) -> None:
    seen = await desk.line(0)
    current = (await desk.edit(seen, {"note": "first"})).json()
    answer = await desk.edit(seen, {"note": "second"})
    assert answer.status_code == 412
    assert answer.json()["current"] == current
    assert await desk.line(0) == current


async def test_without_if_match_is_428(desk: Desk) -> None:
    assert (await desk.edit(await desk.line(0), {"note": "x"}, headers={})).status_code == 428


@pytest.mark.parametrize(
    "tag", ["1", 'W/"1"', "*", '"1", "2"', '"one"', '""', '"-1"', '"' + "9" * 40 + '"', '"1']
)
async def test_an_unreadable_if_match_is_400(desk: Desk, tag: str) -> None:
    answer = await desk.edit(await desk.line(0), {"note": "x"}, headers={"If-Match": tag})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", [{"glCode": "99999"}, {"glCode": "60000"}, {"departmentCode": "99"}]
)
async def test_a_code_that_is_not_in_use_is_422(desk: Desk, body: dict[str, str]) -> None:
    before = await desk.line(0)
    answer = await desk.edit(before, body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert await desk.line(0) == before


@pytest.mark.parametrize(
    "body",
    [
        {"amount": "1.00"},
        {"gl_code": "66300"},
        {"glCode": 66300},
        {"glCode": "x" * 41},
        {"description": "x" * 501},
        {"vendor": "x" * 201},
        {"note": "x" * 2001},
        {"note": "NUL \0"},
        {"vendor": "\0"},
        {"glCode": "\0"},
        {"needsReview": "false"},
        {"needsReview": None},
        {"needsReview": 0},
        [],
        None,
        "text",
    ],
)
async def test_a_wrong_body_is_400_and_changes_nothing(desk: Desk, body: Any) -> None:
    before = await desk.line(0)
    assert (await desk.edit(before, body)).status_code == 400
    assert await desk.line(0) == before


async def test_half_a_surrogate_is_400(desk: Desk) -> None:
    line = await desk.line(0)
    answer = await desk.client.patch(
        f"{desk.path}/lines/{line['id']}",
        content=b'{"note":"\\ud800"}',
        headers={"If-Match": '"1"', "Content-Type": "application/json"},
    )
    assert answer.status_code == 400


async def test_a_line_that_is_not_on_this_report_is_404(desk: Desk, visitors: Visitors) -> None:
    line = await desk.line(0)
    assert (await desk.edit(line | {"id": new_id()}, {"note": "x"})).status_code == 404
    assert (await desk.edit(line | {"id": "no-uuid"}, {"note": "x"})).status_code == 404
    other = await make.open_desk(visitors, "bob@example.com")
    assert (await other.edit(line, {"note": "x"})).status_code == 404


async def test_a_submitted_report_refuses_edits(desk: Desk) -> None:
    line = await desk.line(0)
    await desk.submit(acceptUnreviewed=True)
    assert (await desk.edit(line, {"note": "x"})).status_code == 409


async def test_accepting_a_closed_account_is_refused_in_words(
    desk: Desk, visitors: Visitors
) -> None:
    line = await desk.line(0)
    async with visitors.parts.database.transaction() as session:
        await session.execute(
            text("UPDATE accounts SET active = false WHERE code = :code"), {"code": line["glCode"]}
        )
    refused = await desk.edit(line, {"needsReview": False})
    assert refused.status_code == 422
    assert f"There is no account {line['glCode']} in use" in refused.json()["detail"]
    assert await desk.line(0) == line
    noted = await desk.edit(line, {"note": "which account now?"})
    assert noted.status_code == 200
