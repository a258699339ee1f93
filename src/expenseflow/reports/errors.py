"""What can stand in the way of reading, editing or submitting a report."""

from expenseflow.kit.errors import ExpenseFlowError


class ReportNotFound(ExpenseFlowError):
    """There is no such report."""


class LineNotFound(ExpenseFlowError):
    """There is no such line on this report."""


class ReportIsSubmitted(ExpenseFlowError):
    """The report is submitted and can only be read; reopen it to change it."""


class ReportIsDraft(ExpenseFlowError):
    """The report is a draft already."""


class ReportIsEmpty(ExpenseFlowError):
    """The report has no lines, so there is nothing to submit."""


class LinesNeedReview(ExpenseFlowError):
    """Some lines still need a look.

    Fields: needs_review_count.
    """


class AnotherDraftExists(ExpenseFlowError):
    """The month has another draft; submit or delete that one first.

    Fields: report_id, that draft.
    """


class VersionMissing(ExpenseFlowError):
    """Send the version you saw as If-Match, so that nobody's change is overwritten unseen."""


class VersionUnreadable(ExpenseFlowError):
    """If-Match must be one strong entity tag that holds the line's version, such as "3"."""


class LineChangedMeanwhile(ExpenseFlowError):
    """The line was changed since you saw it.

    Fields: current, added by the route.
    """


class LineHasNoAccount(ExpenseFlowError):
    """The line has no account yet, so there is nothing to make a rule of."""


class UnknownAccount(ExpenseFlowError):
    """The account is not in the chart or not in use.

    Fields: gl_code.
    """


class UnknownDepartment(ExpenseFlowError):
    """The department is not in the chart or not in use.

    Fields: department_code.
    """


class UnknownExportFormat(ExpenseFlowError):
    """A report cannot be exported in this format.

    Fields: formats, those there are.
    """


class LinesWithoutAccount(ExpenseFlowError):
    """A journal needs an account for every line.

    Fields: line_count, how many have none.
    """

    @classmethod
    def of(cls, count: int) -> "LinesWithoutAccount":
        """So many lines have none."""
        lines = "1 line has" if count == 1 else f"{count:,} lines have"
        return cls(
            f"{lines} no account yet; a journal is made once every line has one", line_count=count
        )


class TooManyLinesForPdf(ExpenseFlowError):
    """The report has too many lines for a PDF; export CSV or XLSX instead.

    Fields: max_lines.
    """


class TooManyPrints(ExpenseFlowError):
    """Several PDFs are being made for you already; try again when one of them is there.

    Fields: retry_after, seconds.
    """


class PdfTookTooLong(ExpenseFlowError):
    """The PDF could not be made in time; try again in a while, or export CSV or XLSX."""


class PdfNotMade(ExpenseFlowError):
    """The PDF could not be made; CSV and XLSX hold the same lines."""
