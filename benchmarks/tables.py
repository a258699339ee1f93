"""Figures as a table: for the terminal, and for docs/benchmarks.md."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Figure, Summary

HEAD = ("benchmark", "median", "min–max", "aim", "met")
_MET = {True: "yes", False: "NO", None: ""}
_DIGITS = {"s": 2, "ms": 1, "MB": 0, "KB": 1, "%": 1, "x": 2, "n": 0}


def show(done: Sequence[Summary]) -> None:
    """Print to the terminal."""
    table = Table(*HEAD)
    for summary in done:
        table.add_row(*_row(summary))
    Console(width=150, highlight=False).print(table)


def show_markdown(done: Sequence[Summary]) -> None:
    """Print what docs/benchmarks.md holds."""
    for cells in [HEAD, ["---"] * len(HEAD), *map(_row, done)]:
        print(f"| {' | '.join(cells)} |")


def _row(summary: Summary) -> list[str]:
    figure, values = summary.figure, summary.values
    if not values:
        return [figure.what, "broken", "", _aim(figure), _MET[summary.met]]
    spread = f"{_text(figure, min(values))}–{_text(figure, max(values))}"
    if figure.unit == "ok":
        spread = f"{len(values)} runs"
    median = min(values) if figure.unit == "ok" else summary.median
    unit = "" if figure.unit in ("ok", "n", "x") else f" {figure.unit}"
    return [figure.what, _text(figure, median) + unit, spread, _aim(figure), _MET[summary.met]]


def _text(figure: Figure, value: float) -> str:
    if figure.unit == "ok":
        return "ok" if value >= 1 else "VIOLATED"
    return f"{value:.{_DIGITS[figure.unit]}f}"


def _aim(figure: Figure) -> str:
    unit = "" if figure.unit in ("x", "n") else f" {figure.unit}"
    if figure.unit == "ok":
        return "ok"
    if figure.below is not None:
        return f"< {figure.below:g}{unit}"
    return "" if figure.at_least is None else f"≥ {figure.at_least:g}{unit}"
