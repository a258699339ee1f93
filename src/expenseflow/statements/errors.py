"""What can go wrong with statements and transactions."""

from expenseflow.kit.errors import ExpenseFlowError


class UnreadableStatement(ExpenseFlowError):
    """The file could not be read as a statement."""


class StatementTooLarge(ExpenseFlowError):
    """The file is larger than this installation takes."""


class UnknownCurrency(ExpenseFlowError):
    """The currency is not an ISO 4217 code."""


class TransactionNotFound(ExpenseFlowError):
    """There is no such transaction."""


class TransactionIsSubmitted(ExpenseFlowError):
    """The transaction stands on a submitted report."""
