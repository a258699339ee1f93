"""A bound on the time that looking for card numbers takes."""

from collections.abc import Iterable

from expenseflow.kit import cards
from expenseflow.statements.errors import UnreadableStatement

MAX_BEGINNINGS = 1_200_000
"""Twelve in each of a hundred thousand transactions; each takes some microseconds."""


def refuse_heaps_of_numbers(texts: Iterable[str]) -> None:
    """Count the places where a card number could begin; raises UnreadableStatement."""
    count = 0
    for text in texts:
        count += cards.count_beginnings(text)
        if count > MAX_BEGINNINGS:
            raise UnreadableStatement("The file holds too many numbers in its texts; split it.")
