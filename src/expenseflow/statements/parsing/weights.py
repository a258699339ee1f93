"""A bound on the time that looking for card numbers takes."""

from collections.abc import Iterable

from expenseflow.kit import cards
from expenseflow.statements.errors import UnreadableStatement
from expenseflow.statements.parsing import text

MAX_BEGINNINGS = 1_200_000
"""Twelve in each of a hundred thousand transactions; each takes some microseconds."""


class Scale:
    """Counts the places where a card number could begin, in texts as they are looked through.

    That is decoded and cleaned: `&#52;`, line ends and wide gaps hide digits from each other.
    """

    def __init__(self) -> None:
        self._count = 0

    def add(self, written: str) -> None:
        """Raises UnreadableStatement when it is too much."""
        if len(written) < cards.LENGTHS.start:
            return
        self._count += cards.count_beginnings(text.clean(written))
        if self._count > MAX_BEGINNINGS:
            raise UnreadableStatement("The file holds too many numbers in its texts; split it.")


def refuse_heaps_of_numbers(texts: Iterable[str]) -> None:
    """Weigh all of them; raises UnreadableStatement."""
    scale = Scale()
    for one in texts:
        scale.add(one)
