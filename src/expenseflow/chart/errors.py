"""What can be wrong with a chart, and with changing it."""

from expenseflow.kit.errors import ExpenseFlowError


class InvalidChart(ExpenseFlowError):
    """This file is not a list of codes and names; nothing was changed."""


class ChartVersionMissing(ExpenseFlowError):
    """Send the ETag of the list you saw as If-Match, so that nobody's change is overwritten."""


class ChartChangedMeanwhile(ExpenseFlowError):
    """The list was changed since you saw it; look at it again."""
