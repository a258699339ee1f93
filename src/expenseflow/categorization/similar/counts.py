"""How often what was filed where, by card, merchant, and both; the evidence behind a guess."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from expenseflow.categorization.similar.features import Example, Line

Table = Mapping[str, Mapping[str, float]]

VIEWS: Final = ("card+merchant", "card+word", "department+merchant", "merchant", "word", "card")
_FADES: Final = 0.25
"""For departments, which people change with their task: what a month counts against the next."""


def keys(line: Line, department: str) -> tuple[str, ...]:
    """The line's key in each of `VIEWS`."""
    return (
        f"{line.card}|{line.merchant_key}",
        f"{line.card}|{line.first_word}",
        f"{department}|{line.merchant_key}",
        line.merchant_key,
        line.first_word,
        line.card,
    )


def accounts(examples: Iterable[tuple[Example, str]]) -> dict[str, dict[str, dict[str, float]]]:
    """For each view and key, how often each account; the examples come with their department."""
    tables: dict[str, defaultdict[str, Counter[str]]] = {
        view: defaultdict(Counter) for view in VIEWS
    }
    for example, department in examples:
        for view, key in zip(VIEWS, keys(example.line, department), strict=True):
            tables[view][key][example.gl_code] += 1
    return {view: {k: dict(c) for k, c in table.items()} for view, table in tables.items()}


def departments(examples: Iterable[Example]) -> dict[str, dict[str, float]]:
    """By card, and by card and merchant, how much each department was used, later months more."""
    known = [example for example in examples if example.department_code is not None]
    latest = max((example.month for example in known), default=0)
    table: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for example in known:
        weight = _FADES ** (latest - example.month)
        for key in (example.line.card, f"{example.line.card}|{example.line.merchant_key}"):
            table[key][str(example.department_code)] += weight
    return {key: dict(found) for key, found in table.items()}


def commonest(found: Mapping[str, float] | None) -> str | None:
    """The most frequent one, the first by name of equals."""
    return min(found, key=lambda name: (-found[name], name)) if found else None
