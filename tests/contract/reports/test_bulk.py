"""POST /api/reports/{id}/lines/bulk."""

from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from tests.support import reports as make
from tests.support.identity import Visitors
from tests.support.reports import Desk

from expenseflow.kit.ids import new_id
from expenseflow.reports import rules

FUEL = {"glCode": "64100"}
Line = dict[str, Any]


def seen(lines: Iterable[Line]) -> list[Line]:
    return [{"id": line["id"], "version": line["version"]} for line in lines]


async def bulk(desk: Desk, body: Any) -> httpx.Response:
    return await desk.client.post(f"{desk.path}/lines/bulk", json=body)


async def edited(desk: Desk, body: Any) -> tuple[list[Line], list[Line]]:
    """The updated lines and the conflicts of a call that is taken."""
    answer = await bulk(desk, body)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"updated", "conflicts"}
    return answer.json()["updated"], answer.json()["conflicts"]


def charges(lines: Iterable[Line]) -> set[str]:
    return {line["transactionId"] for line in lines}


async def test_one_change_goes_to_all_lines_named(desk: Desk) -> None:
    updated, conflicts = await edited(desk, {"lines": seen(await desk.lines()), "set": FUEL})
    assert conflicts == []
    assert {(line["glCode"], line["version"], line["editedByUser"]) for line in updated} == {
        ("64100", 2, True)
    }
    assert not any(line["needsReview"] for line in updated)
    assert updated == await desk.lines()
    assert (await desk.report())["version"] == 2
    assert await desk.lessons() == dict.fromkeys(desk.charges, "64100")


async def test_it_does_to_each_line_what_an_edit_of_that_line_does(
    desk: Desk, visitors: Visitors
) -> None:
    one_by_one = await make.open_desk(visitors, "bob@example.com")
    for change in (
        {"note": "client"},
        {"needsReview": False},
        {"glCode": "64100", "departmentCode": "02"},
        {"description": None, "vendor": " Shell "},
        {"needsReview": True},
        {"glCode": None},
    ):
        for line in await one_by_one.lines():
            assert (await one_by_one.edit(line, change)).status_code == 200
        await edited(desk, {"lines": seen(await desk.lines()), "set": change})
        assert _without_ids(await desk.lines()) == _without_ids(await one_by_one.lines())
        lessons = await desk.lessons()
        assert [lessons.get(id_) for id_ in desk.charges] == [
            lessons.get(id_) for id_ in one_by_one.charges
        ]


def _without_ids(lines: list[Line]) -> list[Line]:
    return [
        {name: value for name, value in line.items() if name not in ("id", "transactionId")}
        for line in lines
    ]


async def test_a_line_changed_meanwhile_is_a_conflict_and_the_others_are_done(desk: Desk) -> None:
    before = await desk.lines()
    current = (await desk.edit(before[0], {"note": "mine"})).json()
    updated, conflicts = await edited(desk, {"lines": seen(before), "set": FUEL})
    assert conflicts == [{"id": current["id"], "version": 2, "reason": "changed"}]
    assert charges(updated) == charges(before[1:])
    assert await desk.line(0) == current


async def test_a_line_that_is_gone_is_a_conflict_without_a_version(
    desk: Desk, visitors: Visitors
) -> None:
    before = await desk.lines()
    await desk.client.patch(f"/api/transactions/{desk.charges[0]}", json={"excluded": True})
    stranger = await make.open_desk(visitors, "bob@example.com")
    theirs = await stranger.line(0)
    nobodys = {"id": str(new_id()), "version": 1}
    named = [*seen(before), *seen([theirs]), nobodys]
    updated, conflicts = await edited(desk, {"lines": named, "set": FUEL})
    gone = [before[0]["id"], theirs["id"], nobodys["id"]]
    assert conflicts == [{"id": id_, "version": None, "reason": "gone"} for id_ in gone]
    assert charges(updated) == charges(before[1:])
    assert await stranger.line(0) == theirs


async def test_what_is_so_already_stays_the_version_it_is(desk: Desk) -> None:
    body = {"lines": seen(await desk.lines()), "set": FUEL}
    updated, _ = await edited(desk, body)
    again, conflicts = await edited(desk, {**body, "lines": seen(updated)})
    assert (again, conflicts) == (updated, [])
    assert (await desk.report())["version"] == 2


async def test_accepting_many_lines_and_taking_it_back(desk: Desk) -> None:
    before = await desk.lines()
    accepted, _ = await edited(desk, {"lines": seen(before), "set": {"needsReview": False}})
    assert (await desk.report())["needsReviewCount"] == 0
    assert set(await desk.lessons()) == {desk.charges[0], desk.charges[2]}
    undone, _ = await edited(desk, {"lines": seen(accepted), "set": {"needsReview": True}})
    assert [line["editedByUser"] for line in undone if line["glCode"] is None] == [False]
    assert await desk.lessons() == {}


async def test_an_account_out_of_use_changes_nothing(desk: Desk) -> None:
    before = await desk.lines()
    for change in ({"glCode": "60000"}, {"glCode": "99999"}, {"departmentCode": "99"}):
        for which in ({"lines": seen(before)}, {"sameVendorAs": before[0]["id"]}):
            answer = await bulk(desk, {**which, "set": {**change, "note": "x"}})
            assert answer.status_code == 422
    assert await desk.lines() == before
    assert (await desk.report())["version"] == 1


async def test_a_submitted_report_refuses_it(desk: Desk) -> None:
    before = await desk.lines()
    await desk.submit(acceptUnreviewed=True)
    for which in ({"lines": seen(before)}, {"sameVendorAs": before[0]["id"]}):
        assert (await bulk(desk, {**which, "set": FUEL})).status_code == 409
    assert await desk.lines() == before


NOBODYS = {"id": "6f1c2a52-2a51-4a51-8a51-9a5160c1f001", "version": 1}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"set": FUEL}, "#"),
        ({"lines": [NOBODYS], "sameVendorAs": NOBODYS["id"], "set": FUEL}, "#"),
        ({"lines": None, "set": FUEL}, "#"),
        ({"lines": [], "set": FUEL}, "#/lines"),
        ({"lines": [NOBODYS, NOBODYS | {"version": 2}], "set": FUEL}, "#/lines"),
        ({"lines": [NOBODYS] * 10_001, "set": FUEL}, "#/lines"),
        ({"lines": [NOBODYS | {"version": 0}], "set": FUEL}, "#/lines/0/version"),
        ({"lines": [NOBODYS | {"version": 2**31}], "set": FUEL}, "#/lines/0/version"),
        ({"lines": [{"id": NOBODYS["id"]}], "set": FUEL}, "#/lines/0/version"),
        ({"lines": [{"id": "x", "version": 1}], "set": FUEL}, "#/lines/0/id"),
        ({"lines": [NOBODYS | {"more": 1}], "set": FUEL}, "#/lines/0/more"),
        ({"lines": [NOBODYS]}, "#/set"),
        ({"lines": [NOBODYS], "set": {}}, "#/set"),
        ({"lines": [NOBODYS], "set": {"amount": "1"}}, "#/set/amount"),
        ({"lines": [NOBODYS], "set": {"note": "x" * 2001}}, "#/set/note"),
        ({"lines": [NOBODYS], "set": FUEL, "where": "all"}, "#/where"),
        ([], "#"),
    ],
)
async def test_a_wrong_body_is_400_and_says_where(desk: Desk, body: Any, pointer: str) -> None:
    before = await desk.lines()
    answer = await bulk(desk, body)
    assert answer.status_code == 400
    assert [mistake["pointer"] for mistake in answer.json()["errors"]] == [pointer]
    assert await desk.lines() == before


# -- same vendor ------------------------------------------------------------------------------


async def shop(desk: Desk, *lines: dict[str, Any], **changes: Any) -> list[Line]:
    """Replace the desk's lines by charges with these descriptions; one line each, in order."""
    for charge in desk.charges:
        await desk.client.patch(f"/api/transactions/{charge}", json={"excluded": True})
    async with desk.db.transaction() as session:
        ids = [
            (await make.add_transactions(session, desk.user_id, description=line["description"]))[0]
            for line in lines
        ]
    settled = [
        make.flagged(id_, vendor=line.get("vendor"), **changes)
        for id_, line in zip(ids, lines, strict=True)
    ]
    await desk.run_job(*settled)
    by_charge = {line["transactionId"]: line for line in await desk.lines()}
    return [by_charge[str(id_)] for id_ in ids]


async def test_the_lines_of_a_vendor_change_with_one_of_them(desk: Desk) -> None:
    first, other_shop, same_name, stranger = await shop(
        desk,
        {"description": "SHELL OIL 57444 SEATTLE WA", "vendor": "Shell"},
        {"description": "SHELL OIL 10012 PORTLAND OR"},
        {"description": "POS DEBIT QZX", "vendor": "SHELL"},
        {"description": "CHEVRON 0091 SEATTLE WA", "vendor": "Chevron"},
    )
    updated, conflicts = await edited(desk, {"sameVendorAs": first["id"], "set": FUEL})
    assert charges(updated) == charges([first, other_shop, same_name])
    assert conflicts == []
    assert (await desk.lines(q="chevron"))[0] == stranger


async def test_a_text_without_a_name_is_of_no_vendor(desk: Desk) -> None:
    first, second = await shop(desk, {"description": "* * *"}, {"description": "# #"})
    updated, _ = await edited(desk, {"sameVendorAs": first["id"], "set": FUEL})
    assert charges(updated) == charges([first])
    assert charges(await desk.lines(needsReview="true")) == charges([second])


async def test_what_the_person_decided_before_is_a_conflict_until_it_is_named(desk: Desk) -> None:
    first, mine, noted = await shop(desk, *[{"description": "SHELL OIL 1"}] * 3)
    mine = (await desk.edit(mine, {"glCode": "66300"})).json()
    noted = (await desk.edit(noted, {"glCode": "64100", "note": "x"})).json()
    updated, conflicts = await edited(desk, {"sameVendorAs": first["id"], "set": FUEL})
    assert conflicts == [{"id": mine["id"], "version": 2, "reason": "yours"}]
    assert charges(updated) == charges([first, noted])
    assert next(line for line in updated if line["id"] == noted["id"]) == noted
    named, conflicts = await edited(desk, {"lines": conflicts_as_seen(conflicts), "set": FUEL})
    assert (named[0]["glCode"], conflicts) == ("64100", [])


def conflicts_as_seen(conflicts: list[Line]) -> list[Line]:
    return [{"id": each["id"], "version": each["version"]} for each in conflicts]


async def test_an_accepted_line_is_the_persons_too(desk: Desk) -> None:
    first, accepted = await shop(desk, *[{"description": "SHELL OIL 1"}] * 2, gl_code="66300")
    accepted = (await desk.edit(accepted, {"needsReview": False})).json()
    _, conflicts = await edited(desk, {"sameVendorAs": first["id"], "set": FUEL})
    assert conflicts == [{"id": accepted["id"], "version": 2, "reason": "yours"}]


async def test_the_vendor_of_a_line_that_is_gone_is_404(desk: Desk, visitors: Visitors) -> None:
    theirs = await (await make.open_desk(visitors, "bob@example.com")).line(0)
    for id_ in (str(new_id()), theirs["id"]):
        answer = await bulk(desk, {"sameVendorAs": id_, "set": FUEL})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/line-not-found")


# -- what a line says of itself afterwards ----------------------------------------------------


async def test_an_explanation_says_what_the_person_chose(desk: Desk) -> None:
    before = await desk.line(0)
    accepted = (await desk.edit(before, {"needsReview": False})).json()
    assert accepted["explanation"] == before["explanation"] == "The AI service chose it"
    moved = (await desk.edit(accepted, {"departmentCode": "02"})).json()
    assert moved["explanation"] == "The AI service chose it; department 02 is your choice"
    booked = (await desk.edit(moved, FUEL)).json()
    assert booked["explanation"] == "You chose account 64100; department 02 is your choice"


async def test_the_chosen_codes_are_the_first_suggestion_unless_the_person_chose(
    desk: Desk,
) -> None:
    likely = (make.suggestion("64100", "5"), make.suggestion("66300", "4"))
    await desk.run_job(make.settled(desk.charges[0], suggestions=likely))
    line = await desk.line(0)
    assert [each["glCode"] for each in line["suggestions"]] == ["66300", "64100"]
    noted = (await desk.edit(line, {"note": "x"})).json()
    assert noted["suggestions"] == line["suggestions"]
    chosen = (await desk.edit(noted, FUEL)).json()
    assert [each["glCode"] for each in chosen["suggestions"]] == ["64100", "66300"]


# -- memory -----------------------------------------------------------------------------------


async def test_a_note_alone_neither_teaches_nor_settles_the_flag(desk: Desk) -> None:
    await desk.run_job(make.settled(desk.charges[1], needs_review=True, review_reason="Unsure"))
    updated, _ = await edited(desk, {"lines": seen(await desk.lines()), "set": {"note": "trip"}})
    assert [line["needsReview"] for line in updated] == [False, True, False]
    assert all(line["editedByUser"] for line in updated)
    assert await desk.lessons() == {}


async def test_a_doubtful_line_that_was_only_noted_teaches_nothing_when_submitted(
    desk: Desk,
) -> None:
    await desk.run_job(make.settled(desk.charges[1], needs_review=True, review_reason="Unsure"))
    await desk.edit(await desk.line(1), {"note": "trip"})
    await desk.submit(acceptUnreviewed=True)
    assert set(await desk.lessons()) == {desk.charges[0], desk.charges[2]}


async def test_an_accepted_line_without_an_account_is_submitted(desk: Desk) -> None:
    await desk.edit(await desk.line(1), {"needsReview": False})
    assert (await desk.submit()).status_code == 200
    assert (await desk.line(1))["glCode"] is None
    assert rules.NO_ACCOUNT not in str(await desk.line(1))
