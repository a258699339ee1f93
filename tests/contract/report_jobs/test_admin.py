"""`/api/admin`: everybody's jobs, the people, the alerts; who is no admin: test_openapi_walk."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text, update
from tests.support import factories
from tests.support.identity import Visitors
from tests.support.locks import somebody_waits
from tests.support.receiver import Receiver, receiving
from tests.support.workers import until

from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.models import ReportJob
from expenseflow.report_jobs.upkeep import alerting

JOBS, USERS, ALERTS = "/api/admin/report-jobs", "/api/admin/users", "/api/admin/alerts"
SECRET = "whsec_bm9ib2R5IGtub3dzIHRoaXMgb25l"


async def _job(visitors: Visitors, email: str, period: str = "2026-01") -> dict[str, Any]:
    user = await visitors.user_id(email)
    async with visitors.parts.database.transaction() as session:
        await factories.a_chart(session)
        await factories.some_transactions(session, user, period, descriptions=["QZX SECRET"])
    client = await visitors.signed_in(email)
    answer = await client.post("/api/report-jobs", json={"period": period})
    return answer.raise_for_status().json()


def _is_problem(answer: httpx.Response, status: int, slug: str) -> None:
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")


async def _people(client: httpx.AsyncClient, **query: Any) -> dict[str, dict[str, Any]]:
    items = (await client.get(USERS, params=query)).raise_for_status().json()["items"]
    return {person["email"]: person for person in items}


async def test_everybodys_jobs_are_listed_newest_first_with_whose_they_are(
    visitors: Visitors,
) -> None:
    of_bob = await _job(visitors, "bob@example.com")
    of_cleo = await _job(visitors, "cleo@example.com", "2026-02")
    admin = await visitors.signed_in()
    answer = await admin.get(JOBS)
    listed = answer.json()
    assert [item["id"] for item in listed["items"]] == [of_cleo["id"], of_bob["id"]]
    assert (listed["totalCount"], listed["page"], listed["pageSize"]) == (2, 1, 20)
    user = {"id": str(await visitors.user_id("bob@example.com")), "email": "bob@example.com"}
    assert listed["items"][1] == {**of_bob, "user": user}
    assert "SECRET" not in answer.text


@pytest.mark.parametrize(
    ("query", "emails"),
    [
        ({"status": "Pending"}, ["cleo@example.com", "bob@example.com"]),
        ({"status": "Failed"}, []),
        ({"period": "2026-01"}, ["bob@example.com"]),
        ({"q": "CLEO@"}, ["cleo@example.com"]),
        ({"q": "%"}, []),
        ({"q": "cleo", "period": "2026-01"}, []),
        ({"page": 2, "pageSize": 1}, ["bob@example.com"]),
    ],
)
async def test_jobs_are_looked_for(
    visitors: Visitors, query: dict[str, Any], emails: list[str]
) -> None:
    await _job(visitors, "bob@example.com")
    await _job(visitors, "cleo@example.com", "2026-02")
    admin = await visitors.signed_in()
    listed = (await admin.get(JOBS, params=query)).json()
    assert [item["user"]["email"] for item in listed["items"]] == emails


@pytest.mark.parametrize("query", ["status=Gone", "period=2026-13", "page=0", "pageSize=101"])
async def test_what_cannot_be_looked_for_is_400(visitors: Visitors, query: str) -> None:
    admin = await visitors.signed_in()
    assert (await admin.get(f"{JOBS}?{query}")).status_code == 400


async def test_an_admin_cancels_anybodys_job_once(visitors: Visitors) -> None:
    job = await _job(visitors, "bob@example.com")
    admin = await visitors.signed_in()
    cancelled = await admin.delete(f"{JOBS}/{job['id']}")
    assert cancelled.json()["status"] == "Cancelled"
    assert cancelled.json()["user"]["email"] == "bob@example.com"
    _is_problem(await admin.delete(f"{JOBS}/{job['id']}"), 400, "job-finished")
    _is_problem(await admin.delete(f"{JOBS}/{new_id()}"), 404, "job-not-found")


async def test_people_are_listed_by_email_with_their_last_job(visitors: Visitors) -> None:
    job = await _job(visitors, "bob@example.com")
    await visitors.from_provider("carl@example.com")
    people = await _people(await visitors.signed_in())
    assert list(people) == ["ann@example.com", "bob@example.com", "carl@example.com"]
    bob = people["bob@example.com"]
    assert bob.keys() == {
        "id", "email", "issuer", "subject", "isAdmin", "disabledAt", "createdAt", "lastJob",
    }  # fmt: skip
    carl = people["carl@example.com"]
    assert (carl["issuer"], carl["subject"]) == ("https://login.example.com", "carl@example.com")
    assert (bob["issuer"], bob["subject"]) == (None, None)
    assert bob["lastJob"] == {name: job[name] for name in ("id", "period", "status", "createdAt")}
    assert (bob["isAdmin"], people["carl@example.com"]["isAdmin"]) == (True, False)
    assert people["ann@example.com"]["lastJob"] is None


async def test_two_who_disable_each_other_leave_one_administrator(visitors: Visitors) -> None:
    ann, bob = await visitors.signed_in(), await visitors.signed_in("bob@example.com")
    answers = await asyncio.gather(
        ann.patch(f"{USERS}/{await visitors.user_id('bob@example.com')}", json={"disabled": True}),
        bob.patch(f"{USERS}/{await visitors.user_id()}", json={"disabled": True}),
    )
    assert min(answer.status_code for answer in answers) == 200
    left = [(await one.get("/api/me")).status_code for one in (ann, bob)]
    assert sorted(left) == [200, 401]


async def test_what_comes_for_somebody_who_is_deleted_meanwhile_is_of_nobody(
    visitors: Visitors, db: Database
) -> None:
    """A body that was long in coming, say: the request was let in before."""
    bob = await visitors.signed_in("bob@example.com")
    user_id = await visitors.user_id("bob@example.com")
    async with db.transaction() as session:
        await session.execute(text("SELECT FROM users WHERE id = :id FOR UPDATE"), {"id": user_id})
        file = {"file": ("a.csv", b"Date,Description,Amount\n2026-01-05,COFFEE,-6.50\n")}
        asking = asyncio.create_task(bob.post("/api/statements", files=file))
        await until(lambda: somebody_waits(db))
        await session.execute(text("DELETE FROM users WHERE id = :id"), {"id": user_id})
    _is_problem(await asking, 401, "not-authenticated")


async def test_the_last_job_of_a_person_is_the_newest(visitors: Visitors) -> None:
    await _job(visitors, "bob@example.com", "2026-03")
    last = await _job(visitors, "bob@example.com", "2026-01")
    people = await _people(await visitors.signed_in(), q="bob")
    assert list(people) == ["bob@example.com"]
    assert people["bob@example.com"]["lastJob"]["id"] == last["id"]


async def test_who_is_disabled_is_signed_out_and_their_jobs_are_cancelled(
    visitors: Visitors,
) -> None:
    job = await _job(visitors, "bob@example.com")
    bob = await visitors.signed_in("bob@example.com")
    code = await visitors.code("bob@example.com")
    admin = await visitors.signed_in()
    path = f"{USERS}/{await visitors.user_id('bob@example.com')}"

    changed = await admin.patch(path, json={"disabled": True})

    assert changed.json()["disabledAt"] is not None
    assert changed.json()["lastJob"]["status"] == "Cancelled"
    assert (await bob.get("/api/me")).status_code == 401
    _is_problem(
        await visitors.anonymous().post("/api/sign-in", json={"code": code}),
        401,
        "wrong-sign-in-code",
    )
    again = await admin.patch(path, json={"disabled": True})
    assert again.json() == changed.json()
    assert (await admin.get(f"{JOBS}?q=bob")).json()["items"][0]["id"] == job["id"]


async def test_who_is_enabled_again_signs_in_anew(visitors: Visitors) -> None:
    bob = await visitors.signed_in("bob@example.com")
    admin = await visitors.signed_in()
    path = f"{USERS}/{await visitors.user_id('bob@example.com')}"
    await admin.patch(path, json={"disabled": True})
    enabled = await admin.patch(path, json={"disabled": False})
    assert enabled.json()["disabledAt"] is None
    assert (await bob.get("/api/me")).status_code == 401
    assert (await (await visitors.signed_in("bob@example.com")).get("/api/me")).status_code == 200


async def test_a_code_from_before_signs_nobody_in_who_is_disabled(
    visitors: Visitors, db: Database
) -> None:
    code = await visitors.code("bob@example.com")
    async with db.transaction() as session:
        await session.execute(text("UPDATE users SET disabled_at = now()"))
    answer = await visitors.anonymous().post("/api/sign-in", json={"code": code})
    _is_problem(answer, 403, "sign-in-disabled")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(("method", "body"), [("PATCH", {"disabled": True}), ("DELETE", None)])
async def test_nobody_disables_or_deletes_themselves(
    visitors: Visitors, method: str, body: dict[str, Any] | None
) -> None:
    admin = await visitors.signed_in()
    path = f"{USERS}/{await visitors.user_id()}"
    _is_problem(await admin.request(method, path, json=body), 409, "own-account")
    assert (await admin.get("/api/me")).status_code == 200
    other = f"{USERS}/{new_id()}"
    _is_problem(await admin.request(method, other, json=body), 404, "person-not-found")


async def test_who_is_deleted_is_gone_for_the_list_and_for_their_own_token(
    visitors: Visitors,
) -> None:
    await _job(visitors, "bob@example.com")
    bob = await visitors.signed_in("bob@example.com")
    admin = await visitors.signed_in()
    gone = await admin.delete(f"{USERS}/{await visitors.user_id('bob@example.com')}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert list(await _people(admin)) == ["ann@example.com"]
    assert (await admin.get(JOBS)).json()["totalCount"] == 0
    assert (await bob.get("/api/me")).status_code == 401


# -- alerts -----------------------------------------------------------------------------------


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


async def _failed(visitors: Visitors, count: int) -> None:
    user = await visitors.user_id("bob@example.com")
    moment = visitors.parts.clock.now()
    async with visitors.parts.database.transaction() as session:
        session.add_all(
            ReportJob(
                id=new_id(), user_id=user, period="2026-01", status=3,
                created_at=moment, completed_at=moment,
            )
            for _ in range(count)
        )  # fmt: skip


async def test_without_failures_there_is_nothing_to_tell(visitors: Visitors) -> None:
    admin = await visitors.signed_in()
    assert (await admin.get(ALERTS)).json() == {
        "lastHour": {"finished": 0, "failed": 0, "share": 0.0},
        "threshold": {"share": 0.1, "ofAtLeast": 5},
        "firing": False,
        "since": None,
        "webhook": {"configured": False, "toldAt": None, "refusals": 0, "nextTryAt": None},
    }
    _is_problem(await admin.post(f"{ALERTS}/test"), 409, "no-webhook")


async def test_an_alert_is_shown_with_what_its_receiver_did(
    db: Database, receiver: Receiver
) -> None:
    visitors = Visitors(db, alert_webhook_url=receiver.url, alert_webhook_secret=SECRET)
    receiver.statuses[:] = [500, 204]
    await _failed(visitors, 6)
    admin = await visitors.signed_in()

    await alerting.watch_failures(db, visitors.parts.clock, visitors.parts.webhook)
    refused = (await admin.get(ALERTS)).json()
    async with db.transaction() as session:
        await session.execute(text("UPDATE alerts SET try_again_at = now()"))
    await alerting.watch_failures(db, visitors.parts.clock, visitors.parts.webhook)
    taken = (await admin.get(ALERTS)).json()
    await visitors.close()

    assert refused["lastHour"] == {"finished": 6, "failed": 6, "share": 1.0}
    assert refused["firing"] is True
    assert refused["since"] == taken["since"]
    assert (refused["webhook"]["toldAt"], refused["webhook"]["refusals"]) == (None, 1)
    assert refused["webhook"]["nextTryAt"] > refused["since"]
    assert taken["webhook"]["toldAt"] > refused["since"]
    assert (taken["webhook"]["refusals"], taken["webhook"]["nextTryAt"]) == (0, None)


async def test_a_test_message_is_sent_and_what_became_of_it_is_said(
    db: Database, receiver: Receiver
) -> None:
    visitors = Visitors(db, alert_webhook_url=receiver.url, alert_webhook_secret=SECRET)
    receiver.statuses[:] = [204, 500]
    admin = await visitors.signed_in()
    taken = await admin.post(f"{ALERTS}/test")
    refused = await admin.post(f"{ALERTS}/test")
    await visitors.close()
    assert taken.json() == {"delivered": True, "reason": None}
    assert refused.json() == {"delivered": False, "reason": "HTTP 500"}
    assert json.loads(receiver.messages[0].body)["type"] == "report_jobs.test"
    assert receiver.messages[0].headers["webhook-signature"].startswith("v1,")


async def test_a_running_job_is_told_to_stop(visitors: Visitors, db: Database) -> None:
    job = await _job(visitors, "bob@example.com")
    async with db.transaction() as session:
        claimed = {"status": 1, "attempt": 1, "started_at": visitors.parts.clock.now()}
        await session.execute(update(ReportJob).values(claimed))
    admin = await visitors.signed_in()
    answer = await admin.delete(f"{JOBS}/{job['id']}")
    assert answer.json()["status"] == "CancellationRequested"
    assert (await admin.delete(f"{JOBS}/{job['id']}")).status_code == 200
