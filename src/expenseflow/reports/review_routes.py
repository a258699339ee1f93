"""What a review needs of a whole report: one change to many lines, and the totals."""

import asyncio
from uuid import UUID

from fastapi import APIRouter

from expenseflow.identity.deps import CurrentUserDep
from expenseflow.infra.db import take_time
from expenseflow.reports import bulk, schemas, totals
from expenseflow.reports.review_schemas import BulkIn, BulkOut, TotalsOut, bulk_out, totals_out
from expenseflow.web.deps import ClockDep, SessionDep

router = APIRouter(prefix="/api/reports/{report_id}", tags=["reports"])


@router.post("/lines/bulk")
async def edit_lines(
    session: SessionDep, user: CurrentUserDep, clock: ClockDep, report_id: UUID, body: BulkIn
) -> BulkOut:
    """Change or accept many lines of a draft at once; those that stay as they are are named.

    With `sameVendorAs` no line that you edited or accepted before is changed: those that would
    be are conflicts, and can be sent again among `lines`.
    """
    change = schemas.change_of(body.set)
    now = clock.now()
    await take_time(session)
    if body.same_vendor_as is None:
        done = await bulk.edit_lines(
            session, user.id, report_id, seen=body.seen, change=change, now=now
        )
    else:
        done = await bulk.edit_same_vendor(
            session, user.id, report_id, body.same_vendor_as, change=change, now=now
        )
    # Off the event loop: thousands of lines are a part of a second of text work.
    return await asyncio.to_thread(bulk_out, done)


@router.get("/totals")
async def get_totals(session: SessionDep, user: CurrentUserDep, report_id: UUID) -> TotalsOut:
    """What the lines add up to, by account and by department, for each currency."""
    return totals_out(await totals.of_report(session, user.id, report_id))
