"""What can go wrong with statements and transactions."""

from expenseflow.kit.errors import ExpenseFlowError


class UnreadableStatement(ExpenseFlowError):
    """The file could not be read as a statement."""


class StatementTooLarge(ExpenseFlowError):
    """The file is larger than this installation takes."""


class TooManyUploads(ExpenseFlowError):
    """Several files of yours are being read already; try again when one of them is done.

    Fields: retry_after, seconds.
    """


class UploadsAreBusy(ExpenseFlowError):
    """Too many files are being read now; try again in a moment.

    Fields: retry_after, seconds.
    """


class UnknownCurrency(ExpenseFlowError):
    """The currency is not an ISO 4217 code."""


class MappingDoesNotFit(ExpenseFlowError):
    """The mapping does not fit the file."""


class DecisionDoesNotFit(ExpenseFlowError):
    """A decision names a row that the file does not have, or one that cannot be imported."""


class ReadOtherwiseBefore(ExpenseFlowError):
    """The same file has been imported with another mapping; undo that import first.

    Fields: statement_ids, its imports.
    """


class StatementNotFound(ExpenseFlowError):
    """There is no such import."""


class StatementIsSubmitted(ExpenseFlowError):
    """Something this file brought stands on a submitted report."""


class TransactionNotFound(ExpenseFlowError):
    """There is no such transaction."""


class TransactionIsSubmitted(ExpenseFlowError):
    """The transaction stands on a submitted report."""
