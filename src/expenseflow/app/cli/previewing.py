"""What `expenseflow import --preview` shows of a file."""

from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from expenseflow.app.cli import common
from expenseflow.kit import money
from expenseflow.statements.parsing.mapping import DateOrder, SignConvention
from expenseflow.statements.rows import PreviewedStatement, PreviewRow

_FIRST = 10
_REFUSED = 20
_SIGNS = {
    SignConvention.CHARGES_POSITIVE: "charges have a plus sign, or stand under debit",
    SignConvention.CHARGES_NEGATIVE: "charges have a minus sign, or stand under credit",
}
_ORDERS = {
    DateOrder.DAY_FIRST: "the day first",
    DateOrder.MONTH_FIRST: "the month first",
    DateOrder.YEAR_FIRST: "the year first",
}


@dataclass(frozen=True, slots=True)
class PreviewedFile:
    """A file with what an import would do."""

    name: str
    shown: PreviewedStatement


def show(file: PreviewedFile) -> None:
    """Counts, how the file is read, the first rows, and what would be refused and why."""
    console = common.stdout()
    for line in _summary(file):
        console.print(line, markup=False)
    console.print(_rows(file.shown))
    refused = [row for row in file.shown.rows if row.decision == "rejected"]
    for row in refused[:_REFUSED]:
        console.print(f"row {row.row} would be refused: {row.reason}", markup=False)
    if len(refused) > _REFUSED:
        console.print(f"{len(refused) - _REFUSED} more rows would be refused", markup=False)


def _summary(file: PreviewedFile) -> list[str]:
    shown = file.shown
    totals = ", ".join(
        f"{money.to_text(total.amount, total.currency)} {total.currency}" for total in shown.totals
    )
    counts = (
        f"{file.name}: {shown.imported} new ({totals or '0'}), {shown.duplicates} known, "
        f"{shown.payments} payments, {shown.rejected} refused; nothing was stored"
    )
    whose = (
        f"months: {', '.join(shown.periods) or 'none'}; account: {shown.account or 'none'}; "
        f"currency: {shown.currency or 'several'} ({shown.currency_source})"
    )
    return [counts, whose, *_reading(shown), *shown.notes]


def _reading(shown: PreviewedStatement) -> list[str]:
    """How the file is read, and what to do if that is wrong."""
    words: list[str] = []
    if convention := shown.mapping.sign_convention:
        words.append(f"sign: {_SIGNS[convention]}; if that is wrong: --flip-sign")
    if order := shown.mapping.date_order:
        words.append(f"dates: {_ORDERS[order]}")
    return words


def _rows(shown: PreviewedStatement) -> Table:
    table = Table("Row", "Date", "Description", box=None)
    table.add_column("Amount", justify="right")
    table.add_column("")
    readable = [row for row in shown.rows if row.decision != "rejected"]
    for row in readable[:_FIRST]:
        table.add_row(*map(escape, _cells(row)))
    if len(readable) > _FIRST:
        table.add_row("…", "", f"{len(readable) - _FIRST} more")
    return table


def _cells(row: PreviewRow) -> tuple[str, ...]:
    amount = ""
    if row.amount is not None and row.currency is not None:
        amount = f"{money.to_text(row.amount, row.currency)} {row.currency}"
    return (str(row.row), str(row.posted_on or ""), row.description or "", amount, row.decision)
