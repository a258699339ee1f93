"""POST …/submit, POST …/reopen, DELETE, and PATCH /api/transactions/{id}."""

from typing import Any

import httpx
import pytest
from tests.support import reports as make
from tests.support.reports import Desk


def slug(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]


async def exclude(desk: Desk, at: int, *, excluded: bool = True) -> httpx.Response:
    return await desk.client.patch(
        f"/api/transactions/{desk.charges[at]}", json={"excluded": excluded}
    )


async def test_a_report_with_flagged_lines_is_submitted_only_on_purpose(desk: Desk) -> None:
    refused = await desk.submit()
    assert slug(refused) == (409, "lines-need-review")
    assert refused.json()["needsReviewCount"] == 1
    answer = await desk.submit(acceptUnreviewed=True)
    assert answer.status_code == 200
    assert answer.json()["status"] == "Submitted"
    assert answer.json()["submittedAt"].endswith("Z")
    assert answer.json() == await desk.report()


async def test_a_reviewed_report_is_submitted_without_a_body_and_teaches(desk: Desk) -> None:
    await desk.edit(await desk.line(1), {"needsReview": False})
    answer = await desk.client.post(f"{desk.path}/submit")
    assert answer.status_code == 200
    assert await desk.lessons() == {desk.charges[0]: "66300", desk.charges[2]: "66300"}


async def test_a_submitted_report_is_read_only(desk: Desk) -> None:
    await desk.submit(acceptUnreviewed=True)
    frozen = await desk.report()
    assert slug(await desk.submit()) == (409, "report-is-submitted")
    assert slug(await desk.client.delete(desk.path)) == (409, "report-is-submitted")
    for excluded in (True, False):
        answer = await exclude(desk, 0, excluded=excluded)
        assert slug(answer) == (409, "transaction-is-submitted")
        assert answer.json()["reportId"] == str(desk.report_id)
    assert await desk.report() == frozen


async def test_an_empty_report_is_not_submitted(desk: Desk) -> None:
    for at in range(3):
        await exclude(desk, at)
    assert slug(await desk.submit()) == (409, "report-is-empty")


@pytest.mark.parametrize("body", [{"acceptUnreviewed": "yes"}, {"accept": True}, [], 1])
async def test_a_wrong_submit_is_400(desk: Desk, body: Any) -> None:
    answer = await desk.client.post(f"{desk.path}/submit", json=body)
    assert answer.status_code == 400
    assert (await desk.report())["status"] == "Draft"


async def test_reopening_makes_a_draft_again_and_keeps_memory(desk: Desk) -> None:
    await desk.submit(acceptUnreviewed=True)
    taught = await desk.lessons()
    answer = await desk.client.post(f"{desk.path}/reopen")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["submittedAt"]) == ("Draft", None)
    assert await desk.lessons() == taught
    assert (await desk.edit(await desk.line(0), {"note": "x"})).status_code == 200
    assert (await exclude(desk, 0)).status_code == 200


async def test_a_draft_is_not_reopened(desk: Desk) -> None:
    assert slug(await desk.client.post(f"{desk.path}/reopen")) == (409, "report-is-draft")


async def test_a_report_is_not_reopened_beside_another_draft(desk: Desk) -> None:
    await desk.submit(acceptUnreviewed=True)
    async with desk.db.transaction() as session:
        (late,) = await make.add_transactions(session, desk.user_id)
    supplementary = await desk.run_job(make.settled(late), make.settled(desk.charges[0]))
    refused = await desk.client.post(f"{desk.path}/reopen")
    assert slug(refused) == (409, "another-draft")
    assert refused.json()["reportId"] == str(supplementary)
    assert (await desk.client.delete(f"/api/reports/{supplementary}")).status_code == 204
    assert (await desk.client.post(f"{desk.path}/reopen")).status_code == 200


async def test_a_later_job_makes_a_supplementary_report_of_the_rest(desk: Desk) -> None:
    await desk.submit(acceptUnreviewed=True)
    async with desk.db.transaction() as session:
        (late,) = await make.add_transactions(session, desk.user_id)
    supplementary = await desk.run_job(
        make.settled(late), *(make.settled(id_) for id_ in desk.charges)
    )
    assert supplementary != desk.report_id
    page = (await desk.client.get(f"/api/reports/{supplementary}/lines")).json()
    assert [line["transactionId"] for line in page["items"]] == [str(late)]
    assert (await desk.report())["lineCount"] == 3


async def test_a_deleted_draft_is_gone_and_its_charges_can_be_reported_again(desk: Desk) -> None:
    answer = await desk.client.delete(desk.path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await desk.client.get(desk.path)).status_code == 404
    assert (await desk.client.delete(desk.path)).status_code == 404
    again = await desk.run_job(*(make.settled(id_) for id_ in desk.charges))
    assert (await desk.client.get(f"/api/reports/{again}")).json()["lineCount"] == 3


# -- personal charges -------------------------------------------------------------------------


async def test_a_personal_charge_leaves_the_draft_at_once(desk: Desk) -> None:
    answer = await exclude(desk, 0)
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["excluded"]) == (str(desk.charges[0]), True)
    report = await desk.report()
    assert (report["lineCount"], report["version"]) == (2, 2)
    await desk.run_job(make.settled(desk.charges[0]))
    assert (await desk.report())["lineCount"] == 2


async def test_a_charge_taken_back_is_on_the_draft_again_at_once(desk: Desk) -> None:
    await exclude(desk, 0)
    assert (await exclude(desk, 0, excluded=False)).json()["excluded"] is False
    assert (await desk.report())["lineCount"] == 3


async def test_excluding_twice_is_the_same_as_once(desk: Desk) -> None:
    await exclude(desk, 0)
    before = await desk.report()
    assert (await exclude(desk, 0)).status_code == 200
    assert await desk.report() == before


@pytest.mark.parametrize("body", [{}, {"excluded": 1}, {"excluded": None}, {"amount": "1"}, []])
async def test_a_wrong_exclusion_is_400(desk: Desk, body: Any) -> None:
    answer = await desk.client.patch(f"/api/transactions/{desk.charges[0]}", json=body)
    assert answer.status_code == 400


@pytest.mark.parametrize("id_", ["6f1c2a52-2a51-4a51-8a51-9a5160c1f001", "no-uuid"])
async def test_a_transaction_that_is_not_there_is_404(desk: Desk, id_: str) -> None:
    answer = await desk.client.patch(f"/api/transactions/{id_}", json={"excluded": True})
    assert answer.status_code == 404
