"""How a file counts for this user, and what becomes of its rows: for preview and import alike.

Stores nothing. What was imported before and what the person has said about files like it decide
how it is read; `planning` decides about its rows.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.statements import parsing, planning, reading
from expenseflow.statements.errors import MappingDoesNotFit, ReadOtherwiseBefore
from expenseflow.statements.planning import Before, Choice, Known, RowPlan
from expenseflow.statements.reading import Given, ReadStatement
from expenseflow.statements.repository import files, writing
from expenseflow.statements.rows import MappingSource

GUESSED_DATES = (
    "The dates of this file fit several orders, or contradict each other; they were read with the "
    "{first} first. If that is wrong, undo the import if there is one, and say the order "
    "(dateOrder)."
)
AS_BEFORE = (
    "This file has been imported before; its rows count with the account and currency of then."
)
LEFT_ASIDE = (
    "What you said about files with these headings does not fit this one, so it was left aside."
)


@dataclass(frozen=True, slots=True)
class Understood:
    """A file, read as it counts for this user."""

    read: ReadStatement
    source: MappingSource
    imported_before: bool = False
    notes: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file with what an import does with each of its rows."""

    file: Understood
    plans: list[RowPlan]

    @property
    def read(self) -> ReadStatement:
        return self.file.read

    @property
    def notes(self) -> list[str]:
        """What the person should know about how the file was read."""
        order = self.read.mapping.date_order
        if self.read.parsed.shape.date_order_sure or order is None:
            return self.file.notes
        return [*self.file.notes, GUESSED_DATES.format(first=order.first)]

    @property
    def imported(self) -> int:
        return sum(plan.is_stored and not plan.is_payment for plan in self.plans)

    @property
    def payments(self) -> int:
        return sum(plan.is_stored and plan.is_payment for plan in self.plans)

    @property
    def skipped(self) -> int:
        return sum(plan.is_skipped for plan in self.plans)

    @property
    def duplicates(self) -> int:
        return len(self.plans) - self.imported - self.payments - self.skipped


async def prepare(
    session: AsyncSession, user_id: UUID, read: ReadStatement, choices: Mapping[int, Choice]
) -> Prepared:
    """What an import does with the file now.

    Raises DecisionDoesNotFit, or ReadOtherwiseBefore when the same bytes stand there, read another
    way: a second reading beside the first would double the whole file.
    """
    file = await _understand(session, user_id, read)
    candidates = file.read.candidates
    stored = await writing.same_content_or_id(
        session,
        user_id,
        content_hashes={row.content_hash for row in candidates},
        external_ids={row.external_id for row in candidates if row.external_id},
    )
    before = await files.before(session, user_id, read.digest) if file.imported_before else Before()
    plans = await asyncio.to_thread(
        planning.plan, file.read.parsed, candidates, Known(stored, before), choices
    )
    return Prepared(file, plans)


async def _understand(session: AsyncSession, user_id: UUID, read: ReadStatement) -> Understood:
    """The account, the currency and the mapping are part of what makes a row the same.

    So the same bytes again count with those of the first time, whatever the form says now; else
    every row would be new. After that counts what is said now, then what was remembered.
    """
    earlier = await files.given_with(session, user_id, read.digest)
    if earlier is not None:
        before = await _as_before(read, *earlier)
        if read.given.mapping is not None and not _reads_the_same(read, before.read):
            raise ReadOtherwiseBefore(
                "This file has been imported already, and was read another way then. "
                "Undo that import first.",
                statement_ids=await files.with_digest(session, user_id, read.digest),
            )
        return before
    if read.given.mapping is not None:
        return Understood(read, "given")
    key = read.parsed.shape.header_key
    mapping = key and await files.remembered_mapping(session, user_id, key)
    return await _as_remembered(read, mapping) if mapping else Understood(read, "inferred")


async def _as_before(read: ReadStatement, given: Given, source: MappingSource) -> Understood:
    came_out = replace(read.given, mapping=read.mapping)
    if given.says_the_same(came_out) or given.says_the_same(read.given):
        before = read
    else:
        before = await asyncio.to_thread(reading.read, read.content, given)
    notes = [] if read.candidates == before.candidates else [AS_BEFORE]
    return Understood(before, source, imported_before=True, notes=notes)


def _reads_the_same(read: ReadStatement, before: ReadStatement) -> bool:
    return (read.rows, read.parsed.rejected) == (before.rows, before.parsed.rejected)


async def _as_remembered(read: ReadStatement, mapping: parsing.Mapping) -> Understood:
    """A mapping that no longer fits is left aside with a word; its account still counts."""
    given = replace(read.given, account=read.given.account or mapping.account)
    wanted = replace(given, mapping=replace(mapping, account=None))
    try:
        return Understood(await _again(read, wanted), "remembered")
    except MappingDoesNotFit:
        return Understood(await _again(read, given), "inferred", notes=[LEFT_ASIDE])


async def _again(read: ReadStatement, given: Given) -> ReadStatement:
    if given.says_the_same(read.given):
        return read
    return await asyncio.to_thread(reading.read, read.content, given)
