"""A personal charge leaves the draft and comes back: nothing the person had done is lost."""

from typing import Any
from uuid import UUID

import httpx
from tests.support import reports as make
from tests.support.reports import Desk

MINE = {"note": "with the Smiths", "glCode": "64100"}


async def exclude(desk: Desk, at: int, *, excluded: bool) -> None:
    answer = await desk.client.patch(
        f"/api/transactions/{desk.charges[at]}", json={"excluded": excluded}
    )
    assert answer.status_code == 200, answer.text


async def edited(desk: Desk, at: int) -> dict[str, Any]:
    """The line once the person has changed it."""
    answer: httpx.Response = await desk.edit(await desk.line(at), MINE)
    return answer.raise_for_status().json()


async def test_what_was_edited_comes_back_as_it_was(desk: Desk) -> None:
    line = await edited(desk, 0)
    await exclude(desk, 0, excluded=True)
    assert len(await desk.lines()) == 2
    assert await desk.lessons() == {}
    before = await desk.report()

    await exclude(desk, 0, excluded=False)

    assert await desk.line(0) == line
    assert await desk.lessons() == {desk.charges[0]: "64100"}
    after = await desk.report()
    assert (after["lineCount"], after["version"]) == (3, before["version"] + 1)


async def test_a_line_nobody_touched_comes_back_too_and_teaches_nothing(desk: Desk) -> None:
    lines = await desk.lines()
    for excluded in (True, False):
        await exclude(desk, 1, excluded=excluded)
    assert await desk.lines() == lines
    assert await desk.lessons() == {}


async def test_without_a_draft_the_next_jobs_has_it(desk: Desk) -> None:
    await edited(desk, 0)
    await exclude(desk, 0, excluded=True)
    (await desk.client.delete(desk.path)).raise_for_status()
    await exclude(desk, 0, excluded=False)

    draft = await desk.run_job(*(make.settled(charge) for charge in desk.charges))

    page = await desk.client.get(f"/api/reports/{draft}/lines")
    found = {UUID(line["transactionId"]): line for line in page.json()["items"]}
    assert set(found) == set(desk.charges)
    line = found[desk.charges[0]]
    assert (line["note"], line["glCode"], line["editedByUser"]) == (*MINE.values(), True)
    assert await desk.lessons() == {desk.charges[0]: "64100"}


async def test_a_report_that_is_reopened_has_it_again(desk: Desk) -> None:
    line = await edited(desk, 0)
    await exclude(desk, 0, excluded=True)
    (await desk.submit(acceptUnreviewed=True)).raise_for_status()
    await exclude(desk, 0, excluded=False)

    (await desk.client.post(f"{desk.path}/reopen")).raise_for_status()

    assert await desk.line(0) == line


async def test_a_job_meanwhile_leaves_it_out(desk: Desk) -> None:
    line = await edited(desk, 0)
    await exclude(desk, 0, excluded=True)
    await desk.run_job(*(make.settled(charge) for charge in desk.charges))
    assert len(await desk.lines()) == 2

    await exclude(desk, 0, excluded=False)
    assert await desk.line(0) == line
