"""Section 1 of the contract, a row a test (the two streams are another issue)."""

import asyncio
import re
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from tests.support import factories, workers
from tests.support.identity import Visitors

from expenseflow.infra.db import Database

URL = "/api/report-jobs"
FIELDS = {
    "id", "period", "status", "totalLines", "processedLines", "failedLines", "retryCount",
    "progressPercent", "statusMessage", "queuePosition", "estimatedCompletionAt", "startedAt",
    "completedAt", "createdAt", "generatedReportId", "errorMessage", "tiers", "usage",
}  # fmt: skip


async def _month(visitors: Visitors, *descriptions: str, period: str = "2026-01") -> UUID:
    user = await visitors.user_id()
    async with visitors.parts.database.transaction() as session:
        await factories.a_chart(session)
        await factories.some_transactions(
            session, user, period, descriptions=descriptions or ("QZX HOLDINGS",)
        )
    return user


async def _post(client: httpx.AsyncClient, period: str = "2026-01", **headers: str) -> Any:
    return await client.post(URL, json={"period": period}, headers=headers)


def _is_problem(answer: httpx.Response, status: int, slug: str = "") -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["status"] == status
    assert problem["type"].endswith(slug)
    return problem


async def test_a_post_is_accepted_with_the_job_and_where_to_look(visitors: Visitors) -> None:
    await _month(visitors, "QZX HOLDINGS", "QZY HOLDINGS")
    client = await visitors.signed_in()
    answer = await _post(client)
    assert answer.status_code == 202
    job = answer.json()
    assert job.keys() == FIELDS
    assert answer.headers["location"] == f"{URL}/{job['id']}"
    assert answer.headers["retry-after"] == "2"
    assert (job["status"], job["period"], job["totalLines"]) == ("Pending", "2026-01", 2)
    assert job["statusMessage"] == "Job queued for processing"
    assert (job["queuePosition"], job["progressPercent"]) == (0, 0)
    assert job["tiers"] == {"rule": 0, "memory": 0, "similar": 0, "model": 0, "manual": 0}
    assert job["usage"] == {
        "calls": 0, "rejectedCalls": 0, "promptTokens": 0, "completionTokens": 0,
        "waitedSeconds": 0.0,
    }  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", job["createdAt"])
    assert (await client.get(answer.headers["location"])).json() == job


@pytest.mark.parametrize(
    "period",
    ["2026-13", "2026-00", "2026-1", "26-01", "٢٠٢٦-٠١", "2026-01\n", " 2026-01", "2026-01-01", "",
     "0000-01", "2026_01", "2026-01\u0000"],
)  # fmt: skip
async def test_a_malformed_period_is_refused(visitors: Visitors, period: str) -> None:
    client = await visitors.signed_in()
    problem = _is_problem(await _post(client, period), 400)
    assert problem["errors"][0]["pointer"] in ("#/period", "#")


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"period":"2026-01","userId":"x"}', b'{"period":202601}', b"[]", b"null", b"{",
     b"", b'{"period":"2026-01"', b"\xff\xfe", b'{"period":' * 50_000],
)  # fmt: skip
async def test_wrong_json_is_refused(visitors: Visitors, body: bytes) -> None:
    client = await visitors.signed_in()
    answer = await client.post(URL, content=body, headers={"Content-Type": "application/json"})
    _is_problem(answer, 400)


async def test_another_content_type_is_refused(visitors: Visitors) -> None:
    client = await visitors.signed_in()
    answer = await client.post(
        URL, content=b'{"period":"2026-01"}', headers={"Content-Type": "text/plain"}
    )
    _is_problem(answer, 415)


async def test_a_huge_body_is_refused(visitors: Visitors) -> None:
    client = await visitors.signed_in()
    answer = await client.post(
        URL,
        content=b'{"period":"' + b"x" * 2_000_000 + b'"}',
        headers={"Content-Type": "application/json"},
    )
    _is_problem(answer, 413)


async def test_an_active_job_is_named_twice_in_the_409(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    first = (await _post(client)).json()
    problem = _is_problem(await _post(client), 409)
    assert problem["existingJobId"] == first["id"]
    assert problem["extensions"]["existingJobId"] == first["id"]


async def test_nothing_to_report_is_422_and_no_job(visitors: Visitors) -> None:
    client = await visitors.signed_in()
    _is_problem(await _post(client), 422, "/no-transactions")
    assert (await client.get(URL)).json()["totalCount"] == 0


async def test_everything_submitted_is_422_with_the_reports(
    visitors: Visitors, db: Database
) -> None:
    user = await _month(visitors)
    client = await visitors.signed_in()
    async with workers.bench(db) as bench:
        job = await bench.finished(user, UUID((await _post(client)).json()["id"]))
    report = f"/api/reports/{job.generated_report_id}"
    submitted = await client.post(f"{report}/submit", json={"acceptUnreviewed": True})
    assert submitted.status_code == 200, submitted.text
    problem = _is_problem(await _post(client), 422, "/nothing-left-to-report")
    assert problem["reportIds"] == [str(job.generated_report_id)]


async def test_more_than_200_posts_a_minute_are_too_many(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    for _ in range(200):
        job = (await _post(client)).json()
        assert (await client.delete(f"{URL}/{job['id']}")).status_code == 200
    answer = await _post(client)
    _is_problem(answer, 429)
    assert 1 <= int(answer.headers["retry-after"]) <= 60


async def test_the_409_comes_before_the_429(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    await _post(client)
    answers = [await _post(client) for _ in range(205)]
    assert {answer.status_code for answer in answers} == {409}


async def test_an_idempotency_key_answers_the_same_again(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    key = {"Idempotency-Key": "abc-1"}
    first = await _post(client, **key)
    await client.delete(f"{URL}/{first.json()['id']}")
    again = await _post(client, **key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert (await client.get(URL)).json()["totalCount"] == 1


async def test_simultaneous_posts_with_one_key_make_one_job(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    key = {"Idempotency-Key": "twice"}
    answers = await asyncio.gather(*(_post(client, **key) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_an_idempotency_key_with_another_body_is_refused(visitors: Visitors) -> None:
    await _month(visitors)
    await _month(visitors, period="2026-02")
    client = await visitors.signed_in()
    await _post(client, **{"Idempotency-Key": "abc"})
    _is_problem(await _post(client, "2026-02", **{"Idempotency-Key": "abc"}), 422)


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\u00e9", "a\tb"])
async def test_a_strange_idempotency_key_is_refused(visitors: Visitors, key: str) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    answer = await client.post(URL, json={"period": "2026-01"}, headers=headers)
    _is_problem(answer, 400)


async def test_a_refused_post_does_not_use_up_its_key(visitors: Visitors) -> None:
    client = await visitors.signed_in()
    key = {"Idempotency-Key": "later"}
    _is_problem(await _post(client, **key), 422)
    await _month(visitors)
    assert (await _post(client, **key)).status_code == 202


async def test_an_expired_key_is_free_again(visitors: Visitors, db: Database) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    key = {"Idempotency-Key": "old"}
    first = (await _post(client, **key)).json()
    await client.delete(f"{URL}/{first['id']}")
    async with db.transaction() as session:
        await session.execute(
            text("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'")
        )
    assert (await _post(client, **key)).json()["id"] != first["id"]


async def test_a_poll_has_an_etag_and_says_when_to_come_back(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    location = (await _post(client)).headers["location"]
    answer = await client.get(location)
    assert answer.headers["retry-after"] == "5"
    etag = answer.headers["etag"]
    same = await client.get(location, headers={"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    await client.delete(location)
    changed = await client.get(location, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.json()["status"] == "Cancelled"
    assert "retry-after" not in changed.headers


async def test_queue_position_counts_the_jobs_ahead(visitors: Visitors) -> None:
    client = await visitors.signed_in()
    for month in ("2026-01", "2026-02", "2026-03"):
        await _month(visitors, period=month)
    posted = [(await _post(client, month)).json() for month in ("2026-01", "2026-02", "2026-03")]
    assert [job["queuePosition"] for job in posted] == [0, 1, 2]
    await client.delete(f"{URL}/{posted[0]['id']}")
    assert (await client.get(f"{URL}/{posted[2]['id']}")).json()["queuePosition"] == 1


async def test_the_active_job_of_a_period(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    _is_problem(await client.get(f"{URL}/active", params={"period": "2026-01"}), 404)
    job = (await _post(client)).json()
    active = await client.get(f"{URL}/active", params={"period": "2026-01"})
    assert active.json() == job
    _is_problem(await client.get(f"{URL}/active", params={"period": "2026-1"}), 400)
    _is_problem(await client.get(f"{URL}/active"), 400)


async def test_the_list_is_newest_first_and_filtered(visitors: Visitors) -> None:
    client = await visitors.signed_in()
    for month in ("2026-01", "2026-02"):
        await _month(visitors, period=month)
        await _post(client, month)
    page = (await client.get(URL)).json()
    assert page.keys() == {"items", "totalCount", "page", "pageSize"}
    assert [job["period"] for job in page["items"]] == ["2026-02", "2026-01"]
    assert (page["totalCount"], page["page"], page["pageSize"]) == (2, 1, 20)
    second = (await client.get(URL, params={"page": 2, "pageSize": 1})).json()
    assert [job["period"] for job in second["items"]] == ["2026-01"]
    assert (await client.get(URL, params={"status": "Completed"})).json()["totalCount"] == 0
    assert (await client.get(URL, params={"status": "Pending"})).json()["totalCount"] == 2


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=" + "1" + "0" * 30, "page=x", "pageSize=0", "pageSize=101",
     "status=Done", "status=0"],
)  # fmt: skip
async def test_a_wrong_page_or_status_is_400(visitors: Visitors, query: str) -> None:
    client = await visitors.signed_in()
    _is_problem(await client.get(f"{URL}?{query}"), 400)


async def test_a_waiting_job_is_cancelled_at_once(visitors: Visitors) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    location = (await _post(client)).headers["location"]
    answer = await client.delete(location)
    assert (answer.status_code, answer.json()["status"]) == (200, "Cancelled")
    assert answer.json()["statusMessage"] == "Cancelled by user"
    assert answer.json()["completedAt"] is not None
    _is_problem(await client.delete(location), 400)


async def test_a_running_job_is_asked_to_stop_and_asking_again_is_fine(
    visitors: Visitors, db: Database
) -> None:
    await _month(visitors)
    client = await visitors.signed_in()
    location = (await _post(client)).headers["location"]
    async with db.transaction() as session:
        await session.execute(
            text(
                "UPDATE report_generation_jobs SET status = 1, attempt = 1, started_at = now(),"
                " lease_expires_at = now() + interval '1 hour'"
            )
        )
    assert (await client.get(location)).headers["retry-after"] == "2"
    for _ in range(2):
        answer = await client.delete(location)
        assert (answer.status_code, answer.json()["status"]) == (200, "CancellationRequested")
        assert answer.json()["statusMessage"] == "Cancellation requested, job will stop shortly"


async def test_retry_is_for_the_latest_finished_job_only(visitors: Visitors, db: Database) -> None:
    user = await _month(visitors)
    client = await visitors.signed_in()
    first = (await _post(client)).json()
    _is_problem(await client.post(f"{URL}/{first['id']}/retry"), 409)
    async with workers.bench(db) as bench:
        await bench.finished(user, UUID(first["id"]))
    answer = await client.post(f"{URL}/{first['id']}/retry")
    assert answer.status_code == 202
    assert answer.headers["location"] == f"{URL}/{answer.json()['id']}"
    _is_problem(await client.post(f"{URL}/{first['id']}/retry"), 409)


async def test_retry_with_nothing_left_is_422(visitors: Visitors, db: Database) -> None:
    user = await _month(visitors, "STARBUCKS 0423 SEATTLE WA")
    client = await visitors.signed_in()
    job = (await _post(client)).json()
    async with workers.bench(db) as bench:
        await bench.finished(user, UUID(job["id"]))
    _is_problem(await client.post(f"{URL}/{job['id']}/retry"), 422)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("DELETE", ""), ("POST", "/retry")],
)
async def test_somebody_elses_job_is_404(visitors: Visitors, method: str, path: str) -> None:
    await _month(visitors)
    job = (await _post(await visitors.signed_in())).json()
    eve = await visitors.signed_in("eve@example.com")
    for job_id in (job["id"], str(uuid4()), "not-a-uuid"):
        _is_problem(await eve.request(method, f"{URL}/{job_id}{path}"), 404)
    assert (await eve.get(URL)).json()["totalCount"] == 0


async def test_a_completed_job_links_its_report(visitors: Visitors, db: Database) -> None:
    user = await _month(visitors, "QZX HOLDINGS", "STARBUCKS 0423 SEATTLE WA")
    client = await visitors.signed_in()
    job_id = (await _post(client)).json()["id"]
    async with workers.bench(db) as bench:
        await bench.finished(user, UUID(job_id))
    job = (await client.get(f"{URL}/{job_id}")).json()
    assert (job["status"], job["progressPercent"]) == ("Completed", 100)
    assert job["statusMessage"] == "Report generated successfully"
    assert job["failedLines"] == job["tiers"]["manual"] == 1
    assert sum(job["tiers"].values()) == job["processedLines"] == job["totalLines"] == 2
    report = (await client.get(f"/api/reports/{job['generatedReportId']}")).json()
    assert report["jobId"] == job_id
    assert (await client.delete(f"{URL}/{job_id}")).status_code == 400


async def test_periods_show_transactions_reports_and_the_active_job(
    visitors: Visitors, db: Database
) -> None:
    user = await _month(visitors, "QZX HOLDINGS", "QZX HOLDINGS")
    await _month(visitors, period="2026-02")
    client = await visitors.signed_in()
    done = (await _post(client)).json()
    async with workers.bench(db) as bench:
        job = await bench.finished(user, UUID(done["id"]))
    active = (await _post(client, "2026-02")).json()
    page = (await client.get("/api/periods")).json()
    assert [month["period"] for month in page["items"]] == ["2026-02", "2026-01"]
    february, january = page["items"]
    assert february["activeJobId"] == active["id"]
    assert january["activeJobId"] is None
    assert january["transactionCount"] == 2
    assert january["totals"] == [{"amount": "25.00", "currency": "USD"}]
    assert january["reports"] == [{"id": str(job.generated_report_id), "status": "Draft"}]
