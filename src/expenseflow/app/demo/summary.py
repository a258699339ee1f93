"""How the demo ended, for a terminal."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from expenseflow.app.demo.api import Json
from expenseflow.app.demo.story import Ending
from expenseflow.categorization.rules import is_simulated
from expenseflow.kit.money import Money, to_text, totals

_SIMULATED = "model (simulated AI service, not a real one)"
_TIERS = {
    "rule": "rule (well-known merchant)",
    "memory": "memory (filed before)",
    "similar": "similar (like one filed before)",
    "model": "model (AI service)",
    _SIMULATED: _SIMULATED,
    "manual": "manual (nothing known)",
}


def show(console: Console, ending: Ending, *, seconds: float | None) -> None:
    """Lines by tier, what needs a look, totals by account."""
    lines = ending.lines
    took = "" if seconds is None else f" in {seconds:.1f} s"
    flagged = [line for line in lines if line["needsReview"]]
    console.print()
    console.print(
        f"[bold]{ending.period}: {len(lines)} lines{took}, {len(flagged)} need a look[/bold]"
    )
    console.print(_by_tier(lines))
    if flagged:
        console.print(_flagged(flagged, widest=max(20, console.width - 60)))
    console.print(_by_account(lines, ending.account_names))


def _by_tier(lines: Sequence[Json]) -> Table:
    table = _table("Settled by", "Lines")
    table.columns[1].justify = "right"
    counts = Counter(_settled_by(line) for line in lines)
    for tier, words in _TIERS.items():
        if counts[tier]:
            table.add_row(words, str(counts[tier]))
    return table


def _settled_by(line: Json) -> str:
    """The tier; what a simulated service said is told apart, whoever serves it now."""
    return _SIMULATED if is_simulated(line["explanation"]) else line["tier"]


def _flagged(lines: Sequence[Json], *, widest: int) -> Table:
    table = _table("Flagged", "", "Amount", "Why")
    table.columns[2].justify = "right"
    for line in lines:
        what: str = line["originalDescription"]
        table.add_row(
            line["postedOn"],
            escape(what if len(what) <= widest else f"{what[: widest - 1]}…"),
            f"{line['amount']} {line['currency']}",
            escape(line["reviewReason"] or ""),
        )
    return table


def _by_account(lines: Sequence[Json], names: dict[str, str]) -> Table:
    amounts: dict[str, list[Money]] = defaultdict(list)
    for line in lines:
        amounts[line["glCode"] or ""].append(Money(Decimal(line["amount"]), line["currency"]))
    table = _table("Account", "", "Lines", "Total")
    table.columns[2].justify = table.columns[3].justify = "right"
    for code, booked in sorted(amounts.items(), key=lambda pair: pair[0] or "~"):
        name = names.get(code, "") if code else "no account yet"
        table.add_row(code or "–", escape(name), str(len(booked)), _sums(booked))
    table.add_section()
    every = [one for booked in amounts.values() for one in booked]
    table.add_row("[bold]All[/bold]", "", str(len(every)), f"[bold]{_sums(every)}[/bold]")
    return table


def _sums(amounts: Sequence[Money]) -> str:
    return ", ".join(
        f"{to_text(total.amount, total.currency)} {total.currency}" for total in totals(amounts)
    )


def _table(*headings: str) -> Table:
    return Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
