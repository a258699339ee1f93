"""A job's final transaction brings the month's one draft up to date."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from tests.support import reports as make

from expenseflow.categorization.outcomes import Suggestion
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.kit.money import Money
from expenseflow.report_jobs.models import ReportJob, ReportJobLine
from expenseflow.reports import rules, service
from expenseflow.reports.models import ExpenseReport, ReportLine
from expenseflow.reports.rules import Status
from expenseflow.statements.models import Transaction


async def lines_of(session: AsyncSession, report_id: UUID) -> dict[UUID, ReportLine]:
    rows = await session.scalars(
        select(ReportLine)
        .where(ReportLine.report_id == report_id)
        .execution_options(populate_existing=True)
    )
    return {row.transaction_id: row for row in rows}


async def change_line(session: AsyncSession, transaction_id: UUID, **values: Any) -> None:
    await session.execute(
        update(ReportLine).where(ReportLine.transaction_id == transaction_id).values(**values)
    )


async def change_transaction(session: AsyncSession, transaction_id: UUID, **values: Any) -> None:
    await session.execute(
        update(Transaction).where(Transaction.id == transaction_id).values(**values)
    )


async def test_the_first_job_makes_a_draft_with_its_lines(session: AsyncSession) -> None:
    user = await make.add_user(session)
    first, second = await make.add_transactions(session, user, 2)
    job = new_id()
    draft = await make.make_draft(
        session, user, [make.settled(first), make.flagged(second)], job_id=job
    )
    view = await service.get_report(session, user, draft)
    assert (view.status, view.version, view.job_id) == (Status.DRAFT, 1, job)
    assert view.totals == (Money(Decimal("13.0000"), "USD"),)
    assert (view.line_count, view.needs_review_count) == (2, 1)


async def test_a_line_without_a_text_of_its_own_keeps_the_original(session: AsyncSession) -> None:
    user = await make.add_user(session)
    (charge,) = await make.add_transactions(session, user)
    draft = await make.make_draft(session, user, [make.flagged(charge)])
    line = (await lines_of(session, draft))[charge]
    assert line.description == "SQ *BLUE BOTTLE 0001"
    assert line.review_reason == "No AI service is configured"


async def test_regenerating_keeps_report_and_line_ids_and_raises_only_what_changed(
    session: AsyncSession,
) -> None:
    user = await make.add_user(session)
    same, other = await make.add_transactions(session, user, 2)
    draft = await make.make_draft(session, user, [make.settled(same), make.settled(other)])
    before = {id_: line.id for id_, line in (await lines_of(session, draft)).items()}
    again = await make.make_draft(
        session, user, [make.settled(same), make.settled(other, gl_code="64100")]
    )
    after = await lines_of(session, again)
    assert again == draft
    assert {id_: line.id for id_, line in after.items()} == before
    assert (after[same].version, after[other].version) == (1, 2)
    assert after[other].gl_code == "64100"
    assert (await service.get_report(session, user, draft)).version == 2


async def test_what_the_person_edited_or_accepted_stays(session: AsyncSession) -> None:
    user = await make.add_user(session)
    (charge,) = await make.add_transactions(session, user)
    draft = await make.make_draft(session, user, [make.flagged(charge)])
    await change_line(
        session, charge, gl_code="64100", needs_review=False, edited_by_user=True, note="mine"
    )
    await make.make_draft(session, user, [make.settled(charge)])
    line = (await lines_of(session, draft))[charge]
    assert (line.gl_code, line.note, line.version) == ("64100", "mine", 1)


async def test_a_line_the_job_did_not_settle_stays_while_it_may_be_reported(
    session: AsyncSession,
) -> None:
    user = await make.add_user(session)
    old, new = await make.add_transactions(session, user, 2)
    draft = await make.make_draft(session, user, [make.settled(old)])
    await make.make_draft(session, user, [make.settled(new)])
    assert set(await lines_of(session, draft)) == {old, new}


@pytest.mark.parametrize(
    "change",
    [{"excluded": True}, {"is_payment": True}, {"submitted_report_id": new_id()}],
    ids=["excluded", "payment", "submitted"],
)
async def test_what_may_not_be_reported_is_left_out_and_leaves(
    session: AsyncSession, change: dict[str, Any]
) -> None:
    user = await make.add_user(session)
    on_draft, new, kept = await make.add_transactions(session, user, 3)
    await make.make_draft(session, user, [make.settled(on_draft), make.settled(kept)])
    for charge in (on_draft, new):
        await change_transaction(session, charge, **change)
    draft = await make.make_draft(session, user, [make.settled(id_) for id_ in (on_draft, new)])
    assert set(await lines_of(session, draft)) == {kept}


async def test_a_deleted_a_strangers_and_another_months_charge_are_left_out(
    session: AsyncSession,
) -> None:
    ada, bob = await make.add_user(session), await make.add_user(session)
    (strange,) = await make.add_transactions(session, bob)
    (february,) = await make.add_transactions(session, ada, period="2026-02")
    draft = await make.make_draft(
        session, ada, [make.settled(id_) for id_ in (strange, february, new_id())]
    )
    assert await lines_of(session, draft) == {}


async def test_a_charge_on_a_submitted_report_is_left_where_it_is(session: AsyncSession) -> None:
    user = await make.add_user(session)
    (charge,) = await make.add_transactions(session, user)
    submitted = await make.make_draft(session, user, [make.settled(charge)])
    await session.execute(update(ExpenseReport).values(status=Status.SUBMITTED))
    supplementary = await make.make_draft(session, user, [make.settled(charge, gl_code="64100")])
    assert supplementary != submitted
    assert await lines_of(session, supplementary) == {}
    assert (await lines_of(session, submitted))[charge].gl_code == "66300"


async def test_nothing_left_to_report_still_ends_with_an_empty_draft(
    session: AsyncSession,
) -> None:
    user = await make.add_user(session)
    draft = await make.make_draft(session, user, [])
    assert await service.draft_id(session, user, make.PERIOD) == draft
    assert (await service.get_report(session, user, draft)).line_count == 0


async def test_the_same_charge_twice_is_one_line(session: AsyncSession) -> None:
    user = await make.add_user(session)
    (charge,) = await make.add_transactions(session, user)
    twice = [make.settled(charge), make.settled(charge, gl_code="64100")]
    draft = await make.make_draft(session, user, twice)
    assert (await lines_of(session, draft))[charge].gl_code == "64100"


async def test_suggestions_are_kept_exact(session: AsyncSession) -> None:
    user = await make.add_user(session)
    (charge,) = await make.add_transactions(session, user)
    likely = Suggestion("66300", None, Decimal("0.4000"))
    draft = await make.make_draft(session, user, [make.flagged(charge, suggestions=(likely,))])
    assert (await lines_of(session, draft))[charge].suggestions == [
        {"gl_code": "66300", "department_code": None, "confidence": "0.4000"}
    ]


# -- the same from the lines of a job ---------------------------------------------------------


async def add_job(session: AsyncSession, user: UUID) -> UUID:
    job = ReportJob(id=new_id(), user_id=user, period=make.PERIOD, created_at=make.NOW)
    session.add(job)
    await session.flush()
    return job.id


def job_line(job_id: UUID, transaction_id: UUID, **changes: Any) -> dict[str, Any]:
    values = {
        "job_id": job_id,
        "transaction_id": transaction_id,
        "merchant_key": "BLUE BOTTLE",
        "sign": 1,
        "state": 1,
        "tier": "memory",
        "gl_code": "66300",
        "department_code": "07",
        "vendor": "Blue Bottle Coffee",
        "description": None,
        "confidence": Decimal("0.9"),
        "needs_review": False,
        "review_reason": None,
        "explanation": "You filed it under 66300 eleven times",
        "suggestions": [],
    }
    return values | changes


async def test_settled_lines_of_a_job_become_lines_of_the_draft(session: AsyncSession) -> None:
    user = await make.add_user(session)
    known, unsettled, doubtful = await make.add_transactions(session, user, 3)
    job = await add_job(session, user)
    rows = [
        job_line(job, known),
        job_line(job, unsettled, state=0, tier=None),
        job_line(job, doubtful, needs_review=True, description="Coffee"),
    ]
    await session.execute(insert(ReportJobLine), rows)
    draft = await service.bring_up_to_date_from_job(
        session, user, make.PERIOD, job_id=job, now=make.NOW
    )
    lines = await lines_of(session, draft)
    assert set(lines) == {known, doubtful}
    assert lines[known].description == "SQ *BLUE BOTTLE 0001"
    assert lines[known].explanation == "You filed it under 66300 eleven times"
    assert (lines[doubtful].description, lines[doubtful].review_reason) == (
        "Coffee",
        rules.NO_REASON,
    )


async def test_twenty_thousand_lines_are_written_and_written_again(
    db: Database,
) -> None:
    async with db.transaction() as session:
        user = await make.add_user(session)
        charges = await make.add_transactions(session, user, 20_000)
        job = await add_job(session, user)
        await session.execute(insert(ReportJobLine), [job_line(job, id_) for id_ in charges])
    async with db.transaction() as session:
        draft = await service.bring_up_to_date_from_job(
            session, user, make.PERIOD, job_id=job, now=make.NOW
        )
    async with db.transaction() as session:
        await session.execute(update(ReportJobLine).values(gl_code="64100"))
        await service.bring_up_to_date_from_job(
            session, user, make.PERIOD, job_id=job, now=make.NOW
        )
    async with db.transaction() as session:
        view = await service.get_report(session, user, draft)
        assert view.line_count == 20_000
        assert {line.version for line in (await lines_of(session, draft)).values()} == {2}


# -- against a model --------------------------------------------------------------------------

settlements = st.fixed_dictionaries(
    {
        "gl_code": st.sampled_from([None, "66300", "64100"]),
        "vendor": st.sampled_from([None, "Shell"]),
        "needs_review": st.booleans(),
        "confidence": st.sampled_from([None, Decimal("0.5000")]),
    }
)
offers = st.lists(st.none() | settlements, min_size=3, max_size=3)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rounds=st.lists(offers, min_size=1, max_size=4), edited=st.sets(st.integers(0, 2)))
async def test_any_series_of_jobs_leaves_what_a_simple_model_says(
    session: AsyncSession, rounds: Sequence[Sequence[dict[str, Any] | None]], edited: set[int]
) -> None:
    user = await make.add_user(session)
    charges = await make.add_transactions(session, user, 3)
    model: dict[UUID, tuple[dict[str, Any], int]] = {}
    mine: set[UUID] = set()
    draft = None
    for number, offer in enumerate(rounds):
        given_lines = [
            replace(make.settled(charges[at]), **values)
            for at, values in enumerate(offer)
            if values is not None
        ]
        draft = await make.make_draft(session, user, given_lines)
        for at, values in enumerate(offer):
            _expect(model, charges[at], values, keep=charges[at] in mine)
        for at in edited if number == 0 else ():
            mine |= {charges[at]} & model.keys()
            await change_line(session, charges[at], edited_by_user=True)
    assert draft is not None
    lines = await lines_of(session, draft)
    found = {
        id_: ({name: getattr(line, name) for name in model[id_][0]}, line.version)
        for id_, line in lines.items()
    }
    assert found == model


def _expect(
    model: dict[UUID, tuple[dict[str, Any], int]],
    charge: UUID,
    values: dict[str, Any] | None,
    *,
    keep: bool,
) -> None:
    if values is None:
        return
    if charge not in model:
        model[charge] = (values, 1)
    elif not keep and model[charge][0] != values:
        model[charge] = (values, model[charge][1] + 1)
