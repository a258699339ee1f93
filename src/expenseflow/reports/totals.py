"""What a report's lines add up to, by account and by department: for tables, charts and covers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.chart import service as chart_service
from expenseflow.reports import errors, repository
from expenseflow.reports.models import ReportLine
from expenseflow.statements.models import Transaction


@dataclass(frozen=True, slots=True)
class CodeTotal:
    """The lines of one account or department; code None: those that have none."""

    code: str | None
    name: str | None
    line_count: int
    amount: Decimal


@dataclass(slots=True)
class CurrencyTotals:
    """The lines of one currency; both lists add up to `amount`, in the order of their codes."""

    currency: str
    line_count: int = 0
    amount: Decimal = Decimal(0)
    by_account: list[CodeTotal] = field(default_factory=list[CodeTotal])
    by_department: list[CodeTotal] = field(default_factory=list[CodeTotal])


# What GROUPING(gl_code, department_code) says of a row: a bit for each that it is not about.
_BY_ACCOUNT, _BY_DEPARTMENT, _ALL = 0b01, 0b10, 0b11


async def of_report(session: AsyncSession, user_id: UUID, report_id: UUID) -> list[CurrencyTotals]:
    """The exact sums of a report's lines, by currency; nothing is converted.

    Raises:
        ReportNotFound.
    """
    if await repository.period_of(session, user_id, report_id) is None:
        raise errors.ReportNotFound
    chart = await chart_service.load_chart(session)
    accounts = {entry.code: entry.name for entry in chart.accounts}
    departments = {entry.code: entry.name for entry in chart.departments}
    found: dict[str, CurrencyTotals] = {}
    for kind, currency, account, department, lines, amount in await _sums(session, report_id):
        totals = found.setdefault(currency, CurrencyTotals(currency))
        if kind == _ALL:
            totals.line_count, totals.amount = lines, amount
        elif kind == _BY_ACCOUNT:
            name = accounts.get(account or "")
            totals.by_account.append(CodeTotal(account, name, lines, amount))
        else:
            name = departments.get(department or "")
            totals.by_department.append(CodeTotal(department, name, lines, amount))
    return list(found.values())


_Sum = tuple[int, str, str | None, str | None, int, Decimal]


async def _sums(session: AsyncSession, report_id: UUID) -> Sequence[_Sum]:
    """One statement, so that the three kinds of sums are of the same moment."""
    account, department = ReportLine.gl_code, ReportLine.department_code
    currency = Transaction.currency
    rows = await session.execute(
        select(
            func.grouping(account, department),
            currency,
            account,
            department,
            func.count(),
            func.sum(Transaction.amount),
        )
        .join(Transaction, Transaction.id == ReportLine.transaction_id)
        .where(ReportLine.report_id == report_id)
        .group_by(
            func.grouping_sets(
                tuple_(currency), tuple_(currency, account), tuple_(currency, department)
            )
        )
        .order_by(currency, account.asc().nulls_last(), department.asc().nulls_last())
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]
