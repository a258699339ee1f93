"""The chart of the organisation: which accounts and departments there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart import changes, repository, rules
from expenseflow.chart.changes import Changes
from expenseflow.chart.errors import ChartChangedMeanwhile, InvalidChart
from expenseflow.chart.models import Account, Department
from expenseflow.chart.rules import ChartEntry, Checked, Loading
from expenseflow.infra.db import advisory_lock
from expenseflow.kit.paging import Page, PageRequest

__all__ = ["Chart", "ChartEntry", "Loading"]

_STARTERS: tuple[tuple[repository.Table, str], ...] = (
    (Account, "accounts.csv"),
    (Department, "departments.csv"),
)


@dataclass(frozen=True)
class Chart:
    """All accounts and departments, by code, with the inactive ones."""

    accounts: tuple[ChartEntry, ...]
    departments: tuple[ChartEntry, ...]

    @cached_property
    def account_codes(self) -> frozenset[str]:
        """The codes a line may be booked on."""
        return _active(self.accounts)

    @cached_property
    def department_codes(self) -> frozenset[str]:
        """The codes a line may be charged to."""
        return _active(self.departments)


async def load_chart(session: AsyncSession) -> Chart:
    """The whole chart."""
    return Chart(
        accounts=await repository.entries(session, Account),
        departments=await repository.entries(session, Department),
    )


async def list_accounts(session: AsyncSession, wanted: PageRequest) -> Page[ChartEntry]:
    return await repository.page_of(session, Account, wanted)


async def list_departments(session: AsyncSession, wanted: PageRequest) -> Page[ChartEntry]:
    return await repository.page_of(session, Department, wanted)


@dataclass(frozen=True)
class Replaced:
    """What became different, or would, and what the list is named now."""

    changes: Changes
    version: str


async def version_of(session: AsyncSession, table: repository.Table) -> str:
    """What names the whole list as it is; whoever sends it back has seen this very list."""
    return await repository.version(session, table)


async def replace(
    session: AsyncSession, table: repository.Table, checked: Checked, *, seen: str, store: bool
) -> Replaced:
    """Make the list what it is to be; without `store` only say what that would do.

    Codes that it does not name go out of use and are never deleted: lines of old reports
    carry them.

    Raises:
        ChartChangedMeanwhile: it is no longer the list that was seen.
        InvalidChart: there are rows that cannot be taken; nothing is stored.
    """
    await _lock(session)
    if await repository.version(session, table) != seen:
        raise ChartChangedMeanwhile
    done = changes.between(await repository.entries(session, table), checked)
    if store:
        _refuse(checked)
        await repository.replace(session, table, checked.entries)
    return Replaced(done, await repository.version(session, table))


async def load_accounts_csv(session: AsyncSession, content: bytes) -> Loading:
    """Make the accounts what this file says; what that did. Raises `InvalidChart`.

    Accounts are matched by code: known ones are updated, new ones added, and those the file
    does not name are deactivated, never deleted, since lines of old reports carry them. A caller
    who finds the loading drastic can still roll back.
    """
    return await _load(session, Account, rules.parse(content))


async def load_departments_csv(session: AsyncSession, content: bytes) -> Loading:
    """Make the departments what this file says, as `load_accounts_csv` does for accounts."""
    return await _load(session, Department, rules.parse(content))


async def load_starter_accounts(session: AsyncSession) -> Loading:
    """Go back to the accounts that came with ExpenseFlow."""
    return await _load(session, Account, starter("accounts.csv"))


async def load_starter_departments(session: AsyncSession) -> Loading:
    """Go back to the departments that came with ExpenseFlow."""
    return await _load(session, Department, starter("departments.csv"))


async def ensure_starter_chart(session: AsyncSession) -> bool:
    """Fill an empty table with the starter list; whether there was anything to do."""
    await _lock(session)
    added = False
    for table, name in _STARTERS:
        if await repository.is_empty(session, table):
            await repository.add_missing(session, table, starter(name))
            added = True
    return added


def starter(name: str) -> list[ChartEntry]:
    """The starter list of that name."""
    file = resources.files("expenseflow.chart") / "starter" / name
    return rules.parse(file.read_bytes())


async def _load(
    session: AsyncSession, table: repository.Table, entries: Sequence[ChartEntry]
) -> Loading:
    await _lock(session)
    before = _active(await repository.entries(session, table))
    await repository.replace(session, table, entries)
    return rules.loading(before, entries)


def _refuse(checked: Checked) -> None:
    if checked.rejected:
        first = checked.rejected[0]
        raise InvalidChart(f"Row {first.row}: {first.reason}", rejected=checked.rejected)


async def _lock(session: AsyncSession) -> None:
    await advisory_lock(session, "chart")


def _active(entries: Sequence[ChartEntry]) -> frozenset[str]:
    return frozenset(entry.code for entry in entries if entry.active)
