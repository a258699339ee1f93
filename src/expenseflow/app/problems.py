"""ONE table: what each error looks like over HTTP (RFC 9457).

Slices raise facts without a status (`kit.errors.ExpenseFlowError`); a test walks all of them and
fails when one is missing here. What is not a fact of ours (a bad request, a database that is
down, a mistake) gets its shape in `problem_answers.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus as S

from expenseflow.categorization.own_rules import errors as own_rules
from expenseflow.chart import errors as chart
from expenseflow.identity import errors as identity
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.report_jobs import errors as report_jobs
from expenseflow.reports import errors as reports
from expenseflow.statements import errors as statements


@dataclass(frozen=True, slots=True)
class Shape:
    """How one class of errors is told; `slug` ends the problem's type."""

    slug: str
    title: str
    status: S
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


BEARER = {"WWW-Authenticate": "Bearer"}

IDENTITY: dict[type[ExpenseFlowError], Shape] = {
    identity.NotAuthenticated: Shape("not-authenticated", "Sign in first", S.UNAUTHORIZED, BEARER),
    identity.TwoCredentials: Shape("two-credentials", "Two people at once", S.BAD_REQUEST),
    identity.ProviderSilent: Shape("provider-silent", "Cannot check", S.SERVICE_UNAVAILABLE),
    identity.SignedInElsewhere: Shape("signed-in-elsewhere", "Not by a code", S.FORBIDDEN),
    identity.WrongSignInCode: Shape("wrong-sign-in-code", "Wrong code", S.UNAUTHORIZED, BEARER),
    identity.NotAnAdmin: Shape("not-an-admin", "For administrators", S.FORBIDDEN),
    identity.SignInDisabled: Shape("sign-in-disabled", "Account disabled", S.FORBIDDEN),
    identity.PersonNotFound: Shape("person-not-found", "Not found", S.NOT_FOUND),
    identity.OwnAccount: Shape("own-account", "Not your own account", S.CONFLICT),
    identity.CrossSiteRequest: Shape("cross-site", "Refused from another site", S.FORBIDDEN),
    identity.TooManySignIns: Shape("too-many-sign-ins", "Too many tries", S.TOO_MANY_REQUESTS),
    identity.InvalidEmail: Shape("invalid-email", "No e-mail address", S.UNPROCESSABLE_ENTITY),
}
CHART: dict[type[ExpenseFlowError], Shape] = {
    chart.InvalidChart: Shape("invalid-chart", "Not a chart", S.UNPROCESSABLE_ENTITY),
    chart.ChartVersionMissing: Shape(
        "chart-version-missing", "If-Match is missing", S.PRECONDITION_REQUIRED
    ),
    chart.ChartChangedMeanwhile: Shape("chart-changed", "Changed meanwhile", S.PRECONDITION_FAILED),
}
STATEMENTS: dict[type[ExpenseFlowError], Shape] = {
    statements.UnreadableStatement: Shape(
        "unreadable-statement", "Not a statement we can read", S.UNPROCESSABLE_ENTITY
    ),
    statements.StatementTooLarge: Shape(
        "statement-too-large", "File too large", S.REQUEST_ENTITY_TOO_LARGE
    ),
    statements.TooManyUploads: Shape("too-many-uploads", "Too many files", S.TOO_MANY_REQUESTS),
    statements.UploadsAreBusy: Shape("uploads-busy", "Too many files", S.SERVICE_UNAVAILABLE),
    statements.UnknownCurrency: Shape(
        "unknown-currency", "Unknown currency", S.UNPROCESSABLE_ENTITY
    ),
    statements.MappingDoesNotFit: Shape(
        "mapping-does-not-fit", "Mapping does not fit", S.UNPROCESSABLE_ENTITY
    ),
    statements.DecisionDoesNotFit: Shape(
        "decision-does-not-fit", "No such row to decide on", S.UNPROCESSABLE_ENTITY
    ),
    statements.ReadOtherwiseBefore: Shape(
        "read-otherwise-before", "Imported with another mapping", S.CONFLICT
    ),
    statements.StatementNotFound: Shape("statement-not-found", "Not found", S.NOT_FOUND),
    statements.StatementIsSubmitted: Shape(
        "statement-is-submitted", "On a submitted report", S.CONFLICT
    ),
    statements.TransactionNotFound: Shape("transaction-not-found", "Not found", S.NOT_FOUND),
    statements.TransactionIsSubmitted: Shape(
        "transaction-is-submitted", "On a submitted report", S.CONFLICT
    ),
}
OWN_RULES: dict[type[ExpenseFlowError], Shape] = {
    own_rules.RuleNotFound: Shape("rule-not-found", "Not found", S.NOT_FOUND),
    own_rules.RuleChangedMeanwhile: Shape("rule-changed", "Changed meanwhile", S.CONFLICT),
    own_rules.RuleSaysTooLittle: Shape(
        "rule-says-too-little", "Not a usable rule", S.UNPROCESSABLE_ENTITY
    ),
    own_rules.RuleAccountNotInUse: Shape(
        "rule-account-not-in-use", "Unknown account", S.UNPROCESSABLE_ENTITY
    ),
    own_rules.RuleDepartmentNotInUse: Shape(
        "rule-department-not-in-use", "Unknown department", S.UNPROCESSABLE_ENTITY
    ),
    own_rules.TooManyRules: Shape("too-many-rules", "Too many rules", S.CONFLICT),
    own_rules.OrderIncomplete: Shape("order-incomplete", "Not all rules named", S.CONFLICT),
    own_rules.RuleDoesNotApply: Shape("rule-does-not-apply", "Rule does not apply", S.CONFLICT),
}
REPORTS: dict[type[ExpenseFlowError], Shape] = {
    reports.ReportNotFound: Shape("report-not-found", "Not found", S.NOT_FOUND),
    reports.LineNotFound: Shape("line-not-found", "Not found", S.NOT_FOUND),
    reports.ReportIsSubmitted: Shape("report-is-submitted", "Report is submitted", S.CONFLICT),
    reports.ReportIsDraft: Shape("report-is-draft", "Report is a draft", S.CONFLICT),
    reports.ReportIsEmpty: Shape("report-is-empty", "Report is empty", S.CONFLICT),
    reports.LinesNeedReview: Shape("lines-need-review", "Lines need review", S.CONFLICT),
    reports.AnotherDraftExists: Shape("another-draft", "Another draft exists", S.CONFLICT),
    reports.VersionMissing: Shape(
        "version-missing", "If-Match is missing", S.PRECONDITION_REQUIRED
    ),
    reports.VersionUnreadable: Shape("version-unreadable", "If-Match is wrong", S.BAD_REQUEST),
    reports.LineChangedMeanwhile: Shape("line-changed", "Changed meanwhile", S.PRECONDITION_FAILED),
    reports.LineHasNoAccount: Shape(
        "line-has-no-account", "The line has no account", S.UNPROCESSABLE_ENTITY
    ),
    reports.UnknownAccount: Shape("unknown-account", "Unknown account", S.UNPROCESSABLE_ENTITY),
    reports.UnknownDepartment: Shape(
        "unknown-department", "Unknown department", S.UNPROCESSABLE_ENTITY
    ),
    reports.UnknownExportFormat: Shape("unknown-export-format", "No such format", S.NOT_ACCEPTABLE),
    reports.LinesWithoutAccount: Shape(
        "lines-without-account", "Lines without an account", S.CONFLICT
    ),
    reports.TooManyLinesForPdf: Shape(
        "too-many-lines-for-pdf", "Too long for a PDF", S.UNPROCESSABLE_ENTITY
    ),
    reports.TooManyPrints: Shape("too-many-prints", "Too many PDFs", S.TOO_MANY_REQUESTS),
    reports.PdfTookTooLong: Shape(
        "pdf-took-too-long", "Not made in time", S.SERVICE_UNAVAILABLE, {"Retry-After": "30"}
    ),
    reports.PdfNotMade: Shape("pdf-not-made", "PDF not made", S.INTERNAL_SERVER_ERROR),
}
REPORT_JOBS: dict[type[ExpenseFlowError], Shape] = {
    report_jobs.JobNotFound: Shape("job-not-found", "Not found", S.NOT_FOUND),
    report_jobs.ActiveJobExists: Shape("active-job", "Already being generated", S.CONFLICT),
    report_jobs.NoTransactions: Shape(
        "no-transactions", "Nothing to report", S.UNPROCESSABLE_ENTITY
    ),
    report_jobs.NothingLeftToReport: Shape(
        "nothing-left-to-report", "Everything is submitted", S.UNPROCESSABLE_ENTITY
    ),
    report_jobs.NothingLeftToRetry: Shape(
        "nothing-left-to-retry", "Nothing left to retry", S.UNPROCESSABLE_ENTITY
    ),
    report_jobs.JobFinished: Shape("job-finished", "Job has finished", S.BAD_REQUEST),
    report_jobs.NotRetryable: Shape("not-retryable", "Cannot be retried", S.CONFLICT),
    report_jobs.TooManyStreams: Shape("too-many-streams", "Too many streams", S.TOO_MANY_REQUESTS),
    report_jobs.TooManyJobs: Shape("too-many-jobs", "Too many requests", S.TOO_MANY_REQUESTS),
    report_jobs.NoWebhook: Shape("no-webhook", "No webhook", S.CONFLICT),
    report_jobs.IdempotencyKeyReused: Shape(
        "idempotency-key-reused", "Key used for something else", S.UNPROCESSABLE_ENTITY
    ),
    report_jobs.InvalidIdempotencyKey: Shape(
        "invalid-idempotency-key", "Invalid Idempotency-Key", S.BAD_REQUEST
    ),
}
TABLE = {**IDENTITY, **CHART, **STATEMENTS, **OWN_RULES, **REPORTS, **REPORT_JOBS}
