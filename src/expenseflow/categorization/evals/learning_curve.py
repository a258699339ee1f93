"""Months of corrections: how many lines a person must still touch in month 1, 2, 3, 4.

Each month everything is settled with what the months before taught; then every line is put right,
which teaches memory and trains the `similar` tier anew.
"""

from collections.abc import Sequence

from expenseflow.categorization.evals import replay, scoring
from expenseflow.categorization.evals.dataset import Labelled
from expenseflow.categorization.evals.scoring import Score


def learning_curve(lines: Sequence[Labelled]) -> list[Score]:
    """The scores of the months in their order."""
    months = sorted({line.month for line in lines})
    scores: list[Score] = []
    for month in months:
        before = [line for line in lines if line.month < month]
        asked = [line for line in lines if line.month == month]
        settled = replay.settle(asked, replay.past(before), replay.learned(before))
        scores.append(scoring.score(asked, settled))
    return scores
