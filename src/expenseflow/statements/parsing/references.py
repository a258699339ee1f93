"""Which of the ids a bank writes beside a transaction names that transaction and no other."""

from collections.abc import Iterable

from expenseflow.statements.parsing import text

_NONE = {"NONREF", "NOTPROVIDED", "NOTAVAILABLE", "NONE", "NA", "N/A", "UNKNOWN", "0"}


def first(candidates: Iterable[str | None]) -> str | None:
    """The first that is an id; the words that banks put where there is none are not."""
    for candidate in candidates:
        if candidate and not is_placeholder(candidate):
            return text.external_id(candidate)
    return None


def is_placeholder(value: str) -> bool:
    """Whether the words only say that nothing is known."""
    return value.strip().upper().replace(" ", "") in _NONE
