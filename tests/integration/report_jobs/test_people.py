"""Who is disabled is stopped at once, and of who is deleted nothing is left in any table."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support import factories, streams, workers
from tests.support.identity import Visitors
from tests.support.locks import somebody_waits
from tests.support.simulator import completer

from expenseflow.categorization.similar.models import StoredModel
from expenseflow.identity import service as identity
from expenseflow.identity.errors import NotAuthenticated, SignInDisabled
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.report_jobs.admin import people
from expenseflow.report_jobs.rules import Status
from expenseflow.simulator import Simulator, behaviour

NOW = datetime(2026, 2, 3, tzinfo=UTC)
CANARY = "QUOKKA"
BOB, PERIOD, NEXT = f"bob.{CANARY.lower()}@example.com", "2026-01", "2026-02"


@pytest.fixture
async def visitors(db: Database) -> AsyncIterator[Visitors]:
    """Of an application that announces what it changes, as every real one does."""
    those = Visitors(db, announces=True)
    yield those
    await those.close()


async def _admin(session: AsyncSession) -> UUID:
    return (await identity.ensure_user(session, "root@example.com", now=NOW)).id


async def _disable(db: Database, user_id: UUID) -> None:
    async with db.transaction() as session:
        await people.disable(session, await _admin(session), user_id, now=NOW)


async def _erase(db: Database, user_id: UUID) -> None:
    async with db.transaction() as session:
        await people.erase(session, await _admin(session), user_id, now=NOW)


async def _tables_with(db: Database, words: Collection[str]) -> set[str]:
    """The tables in which any of these words stands, also within bytes."""
    told = [f"%{word}%" for word in words] + [f"%{word.encode().hex()}%" for word in words]
    found: set[str] = set()
    async with db.transaction() as session:
        tables = await session.scalars(
            text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        )
        for table in tables.all():
            rows = text(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE ANY(:told)")  # noqa: S608  # our own tables
            if await session.scalar(rows, {"told": told}):
                found.add(table)
    return found


def _statement(period: str) -> dict[str, tuple[str, bytes]]:
    rows = "".join(f"{period}-0{day},{CANARY} {'XYZ'[day - 1]} LTD,{day}.00\n" for day in (1, 2, 3))
    return {"file": (f"{CANARY}.csv", f"Date,{CANARY} text,Sum\n{rows}".encode())}


async def _import(bob: httpx.AsyncClient, period: str) -> None:
    columns = f'{{"columns": {{"date": "Date", "description": "{CANARY} text", "amount": "Sum"}}}}'
    answer = await bob.post(
        "/api/statements", files=_statement(period), data={"account": CANARY, "mapping": columns}
    )
    assert answer.status_code == 201, answer.text


async def _use_everything(db: Database, visitors: Visitors) -> list[str]:
    """Bob has something in every table that is anybody's; what tells of him."""
    bob = await visitors.signed_in(BOB)
    user_id = await visitors.user_id(BOB)
    async with db.transaction() as session:
        await factories.a_chart(session)
    for period in (PERIOD, NEXT):
        await _import(bob, period)
    rule = {"merchantContains": f"{CANARY} rule", "glCode": "66300"}
    assert (await bob.post("/api/rules", json=rule)).status_code == 201
    with Simulator() as provider:
        async with completer(provider) as client, workers.bench(db, completer=client) as bench:
            job = await bench.finished(user_id, await bench.start_job(user_id, PERIOD))
    lines = f"/api/reports/{job.generated_report_id}/lines"
    first, second, _ = (await bob.get(lines)).json()["items"]
    changes = {
        "lines": [{"id": first["id"], "version": 1}],
        "set": {"note": CANARY, "glCode": "66300"},
    }
    assert (await bob.post(f"{lines}/bulk", json=changes)).status_code == 200
    excluded = f"/api/transactions/{second['transactionId']}"
    assert (await bob.patch(excluded, json={"excluded": True})).status_code == 200
    submitted = f"/api/reports/{job.generated_report_id}/submit"
    assert (await bob.post(submitted, json={"acceptUnreviewed": True})).status_code == 200
    waiting = await bob.post(
        "/api/report-jobs", json={"period": NEXT}, headers={"Idempotency-Key": CANARY}
    )
    assert waiting.status_code == 202, waiting.text
    await visitors.code(BOB)
    async with db.transaction() as session:
        session.add(
            StoredModel(
                id=new_id(), created_at=NOW, taught_until=NOW, lines=1, active=True,
                content=f"…{CANARY}…".encode(),
            )
        )  # fmt: skip
    return [CANARY, str(user_id), str(job.id), waiting.json()["id"], str(job.generated_report_id)]


EVERYWHERE = {
    "users", "sign_ins", "sign_in_codes", "statements", "statement_mappings", "transactions",
    "sightings", "own_rules", "report_generation_jobs", "report_job_lines", "idempotency_keys",
    "procrastinate_jobs", "kept_answers", "memory_lessons", "expense_reports", "report_lines",
    "similar_models",
}  # fmt: skip


async def test_nothing_of_who_is_deleted_is_left_in_any_table(
    db: Database, visitors: Visitors
) -> None:
    told = await _use_everything(db, visitors)
    async with db.transaction() as session:
        ids = await session.scalars(text("SELECT id::text FROM transactions"))
        told += ids.all()
    admin = await visitors.signed_in()
    assert await _tables_with(db, told) == EVERYWHERE

    answer = await admin.delete(f"/api/admin/users/{await visitors.user_id(BOB)}")

    assert answer.status_code == 204, answer.text
    assert await _tables_with(db, told) == set()


async def test_what_others_have_stays(db: Database, visitors: Visitors) -> None:
    user = await workers.a_month(db, *factories.merchants(3))
    async with workers.bench(db) as bench:
        job = await bench.finished(user, await bench.start_job(user))
        await _erase(db, await visitors.user_id(BOB))
        assert await bench.job(user, job.id)
    tables = {"transactions", "report_job_lines", "expense_reports", "report_generation_jobs"}
    assert tables <= await _tables_with(db, [str(user), str(job.id)])


async def _calls(provider: Simulator) -> int:
    return len(provider.calls)


async def test_who_is_disabled_has_no_job_and_no_call_any_more(db: Database) -> None:
    user = await workers.a_month(db, *factories.merchants(10))
    with Simulator() as provider:
        provider.script(behaviour.hang())
        async with completer(provider) as client, workers.bench(db, completer=client) as bench:
            job_id = await bench.start_job(user)
            running = asyncio.create_task(bench.runner.answer(job_id))
            await workers.until(lambda: _calls(provider))
            await _disable(db, user)
            await asyncio.wait_for(running, 5)
            called = len(provider.calls)
            assert (await bench.job(user, job_id)).status == Status.Cancelled
            await bench.runner.answer(job_id)
        assert len(provider.calls) == called


@pytest.mark.parametrize(
    ("change", "refusal"), [(people.disable, SignInDisabled), (people.erase, NotAuthenticated)]
)
async def test_a_request_that_was_let_in_before_begins_no_job_after(
    db: Database, change: Callable[..., Awaitable[object]], refusal: type[Exception]
) -> None:
    user = await workers.a_month(db, *factories.merchants(2))
    async with workers.bench(db) as bench:
        async with db.transaction() as session:
            await change(session, await _admin(session), user, now=NOW)
            asked = asyncio.create_task(bench.start_job(user))
            await workers.until(lambda: somebody_waits(db))
        with pytest.raises(refusal):
            await asked
    assert await _tables_with(db, [str(user)]) & {"report_generation_jobs"} == set()


async def test_a_run_ends_when_its_person_is_deleted(db: Database) -> None:
    user = await workers.a_month(db, *factories.merchants(10))
    with Simulator() as provider:
        provider.script(behaviour.hang())
        async with completer(provider) as client, workers.bench(db, completer=client) as bench:
            running = asyncio.create_task(bench.runner.answer(await bench.start_job(user)))
            await workers.until(lambda: _calls(provider))
            await _erase(db, user)
            await asyncio.wait_for(running, 5)
    assert await _tables_with(db, [str(user)]) == set()


async def test_a_person_is_deleted_whatever_their_job_writes_at_that_moment(db: Database) -> None:
    for _ in range(5):
        user = await workers.a_month(db, *factories.merchants(20))
        async with workers.bench(db) as bench:
            job_id = await bench.start_job(user)
            await asyncio.gather(bench.runner.answer(job_id), _erase(db, user))
        assert await _tables_with(db, [str(user), str(job_id)]) == set()


async def test_streams_of_who_is_disabled_end_in_every_process(
    db: Database, visitors: Visitors
) -> None:
    other = Visitors(db, announces=True)
    path = f"/api/admin/users/{await visitors.user_id(BOB)}"
    async with streams.serving(visitors) as here, streams.serving(other) as there:

        async def hear() -> bool:
            return visitors.parts.hub.is_hearing and other.parts.hub.is_hearing

        await workers.until(hear)
        token = await visitors.token(BOB)
        async with (
            here.stream("/api/report-jobs/events", token=token) as first,
            there.stream("/api/report-jobs/events", token=token) as second,
        ):
            assert (await first.next()).name == (await second.next()).name == "snapshot"
            headers = {"Authorization": f"Bearer {await visitors.token('ann@example.com')}"}
            changed = await here.client.patch(path, json={"disabled": True}, headers=headers)
            assert changed.status_code == 200, changed.text
            assert await first.next_or_end() is None
            assert await second.next_or_end() is None
    await other.close()
