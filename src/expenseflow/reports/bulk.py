"""A person changes many lines of a draft at once; those that are left alone are named."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import merchants
from expenseflow.reports import changing, editing, errors, line_queries, locking, rules
from expenseflow.reports.models import ExpenseReport
from expenseflow.reports.rules import Change
from expenseflow.reports.views import LineView


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as the person saw it."""

    id: UUID
    version: int


class Why(StrEnum):
    """Why a line was left as it is."""

    CHANGED = "changed"
    """It was changed since the person saw it."""
    GONE = "gone"
    """It is not on this report (any more): excluded, say, or of an import that was undone."""
    YOURS = "yours"
    """The person edited or accepted it before, and did not name it now."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line of which nothing was changed; `version` is the current one, None when it is gone."""

    id: UUID
    version: int | None
    why: Why


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """The lines as they are now, and those that were left alone."""

    updated: list[LineView]
    conflicts: list[Conflict]


async def edit_lines(
    session: AsyncSession,
    user_id: UUID,
    report_id: UUID,
    *,
    seen: Sequence[Seen],
    change: Change,
    now: datetime,
) -> BulkEdit:
    """Apply one change to each of these lines that is still the version the person saw.

    The others are conflicts. A line that is so already is among the updated ones, its version
    unchanged.

    Raises:
        ReportNotFound, ReportIsSubmitted, UnknownAccount, UnknownDepartment: nothing is changed.
    """
    report = await _begin(session, user_id, report_id)
    found = await line_queries.lock(session, user_id, report_id, [each.id for each in seen])
    wanted, conflicts = _as_seen(found, seen)
    updated = [changing.changed(line, change) for line in wanted]
    await _end(session, user_id, report, wanted, updated, change=change, now=now)
    return BulkEdit(updated, conflicts)


async def edit_same_vendor(
    session: AsyncSession,
    user_id: UUID,
    report_id: UUID,
    line_id: UUID,
    *,
    change: Change,
    now: datetime,
) -> BulkEdit:
    """Apply one change to this line and all others of its vendor on the report.

    Of one vendor are lines whose merchant is the same however the bank wrote it (store numbers,
    places and order ids do not count), and lines that show the same vendor, charges and refunds
    alike. No line that the person edited or accepted before is changed: if the change would make
    a difference to it, it is a conflict, and can be changed by naming it with its version.

    Raises:
        LineNotFound: the line itself is gone.
        ReportNotFound, ReportIsSubmitted, UnknownAccount, UnknownDepartment: nothing is changed.
    """
    report = await _begin(session, user_id, report_id)
    every = await line_queries.every(session, user_id, report_id)
    # Off the event loop: telling the merchants of 20,000 lines apart is a second of text work.
    same = await asyncio.to_thread(_same_vendor, every, line_id)
    after = [changing.changed(line, change) for line in same]
    wanted, updated, conflicts = _not_the_persons(same, after)
    await _end(session, user_id, report, wanted, updated, change=change, now=now)
    return BulkEdit(updated, conflicts)


async def _begin(session: AsyncSession, user_id: UUID, report_id: UUID) -> ExpenseReport:
    report = await locking.hold(session, user_id, report_id)
    rules.must_be_draft(report.status)
    return report


async def _end(
    session: AsyncSession,
    user_id: UUID,
    report: ExpenseReport,
    before: Sequence[LineView],
    after: Sequence[LineView],
    *,
    change: Change,
    now: datetime,
) -> None:
    await editing.check_codes(session, change, after)
    await editing.store(session, report, before, after, now=now)
    await editing.tell_memory(session, user_id, after, change=change, now=now)


def _as_seen(
    found: Iterable[LineView], seen: Iterable[Seen]
) -> tuple[list[LineView], list[Conflict]]:
    there = {line.id: line for line in found}
    wanted: list[LineView] = []
    conflicts: list[Conflict] = []
    for each in seen:
        line = there.get(each.id)
        if line is None:
            conflicts.append(Conflict(each.id, None, Why.GONE))
        elif line.version != each.version:
            conflicts.append(Conflict(each.id, line.version, Why.CHANGED))
        else:
            wanted.append(line)
    return wanted, conflicts


def _same_vendor(lines: Sequence[LineView], line_id: UUID) -> list[LineView]:
    chosen = next((line for line in lines if line.id == line_id), None)
    if chosen is None:
        raise errors.LineNotFound
    names = _names(chosen)
    return [line for line in lines if line.id == line_id or names & _names(line)]


def _names(line: LineView) -> set[tuple[str, str]]:
    """What the line's vendor is known by; a text without a name says nothing about any other."""
    key = merchants.merchant_key(line.original_description)
    shown = (line.vendor or "").strip().casefold()
    names = {("key", key), ("shown", shown)}
    return names - _NO_NAMES


_NO_NAMES = {("key", merchants.UNKNOWN), ("shown", merchants.UNKNOWN.casefold()), ("shown", "")}


def _not_the_persons(
    before: Sequence[LineView], after: Sequence[LineView]
) -> tuple[list[LineView], list[LineView], list[Conflict]]:
    """Which lines to change, what they become, and which of the person's own stay as they are."""
    own = [was.edited_by_user and line is not was for was, line in zip(before, after, strict=True)]
    wanted = [was for was, mine in zip(before, own, strict=True) if not mine]
    updated = [line for line, mine in zip(after, own, strict=True) if not mine]
    conflicts = [
        Conflict(was.id, was.version, Why.YOURS)
        for was, mine in zip(before, own, strict=True)
        if mine
    ]
    return wanted, updated, conflicts
