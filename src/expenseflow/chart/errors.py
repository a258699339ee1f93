"""What can be wrong with a chart file."""

from expenseflow.kit.errors import ExpenseFlowError


class InvalidChart(ExpenseFlowError):
    """This file is not a list of codes and names; nothing was changed."""
