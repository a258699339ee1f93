"""What the OpenAPI document says beside what FastAPI derives: refusals, parameters, members.

The refusals are the facts of `problems.py`, so their words and statuses stand there and in the
slices' `errors.py` only.
"""

from collections.abc import Mapping
from http import HTTPStatus as S

from expenseflow.categorization.own_rules import errors as own_rules
from expenseflow.chart import errors as chart
from expenseflow.identity import errors as identity
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.report_jobs import errors as report_jobs
from expenseflow.reports import errors as reports
from expenseflow.statements import errors as statements

_UNUSABLE_RULE = (
    own_rules.RuleSaysTooLittle,
    own_rules.RuleAccountNotInUse,
    own_rules.RuleDepartmentNotInUse,
)
_REFUSED_FILE = (
    statements.StatementTooLarge,
    statements.UnreadableStatement,
    statements.UnknownCurrency,
    statements.MappingDoesNotFit,
    statements.DecisionDoesNotFit,
    statements.ReadOtherwiseBefore,
    statements.TooManyUploads,
    statements.UploadsAreBusy,
)
_REPLACED_CHART = (
    identity.NotAnAdmin,
    chart.InvalidChart,
    chart.ChartVersionMissing,
    chart.ChartChangedMeanwhile,
)
REFUSALS: Mapping[str, tuple[type[ExpenseFlowError], ...]] = {
    "createReportJob": (
        report_jobs.InvalidIdempotencyKey,
        report_jobs.ActiveJobExists,
        report_jobs.NoTransactions,
        report_jobs.NothingLeftToReport,
        report_jobs.IdempotencyKeyReused,
        report_jobs.TooManyJobs,
        identity.SignInDisabled,
    ),
    "getActiveReportJob": (report_jobs.JobNotFound,),
    "getReportJob": (report_jobs.JobNotFound,),
    "watchReportJobs": (report_jobs.TooManyStreams,),
    "watchReportJob": (report_jobs.JobNotFound, report_jobs.TooManyStreams),
    "cancelReportJob": (report_jobs.JobNotFound, report_jobs.JobFinished),
    "retryReportJob": (
        report_jobs.JobNotFound,
        report_jobs.NotRetryable,
        report_jobs.NothingLeftToRetry,
        report_jobs.TooManyJobs,
        identity.SignInDisabled,
    ),
    "listAllReportJobs": (identity.NotAnAdmin,),
    "cancelAnyReportJob": (
        identity.NotAnAdmin,
        report_jobs.JobNotFound,
        report_jobs.JobFinished,
    ),
    "listPeople": (identity.NotAnAdmin,),
    "changePerson": (identity.NotAnAdmin, identity.PersonNotFound, identity.OwnAccount),
    "deletePerson": (identity.NotAnAdmin, identity.PersonNotFound, identity.OwnAccount),
    "getAlerts": (identity.NotAnAdmin,),
    "testAlert": (identity.NotAnAdmin, report_jobs.NoWebhook),
    "getReport": (reports.ReportNotFound,),
    "listLines": (reports.ReportNotFound,),
    "editLine": (
        reports.VersionUnreadable,
        reports.ReportNotFound,
        reports.LineNotFound,
        reports.ReportIsSubmitted,
        reports.LineChangedMeanwhile,
        reports.UnknownAccount,
        reports.UnknownDepartment,
        reports.VersionMissing,
    ),
    "editLines": (
        reports.ReportNotFound,
        reports.LineNotFound,
        reports.ReportIsSubmitted,
        reports.UnknownAccount,
        reports.UnknownDepartment,
    ),
    "getTotals": (reports.ReportNotFound,),
    "submit": (
        reports.ReportNotFound,
        reports.ReportIsSubmitted,
        reports.ReportIsEmpty,
        reports.LinesNeedReview,
    ),
    "reopen": (reports.ReportNotFound, reports.ReportIsDraft, reports.AnotherDraftExists),
    "deleteReport": (reports.ReportNotFound, reports.ReportIsSubmitted),
    "export": (
        reports.ReportNotFound,
        reports.UnknownExportFormat,
        reports.LinesWithoutAccount,
        reports.TooManyLinesForPdf,
        reports.TooManyPrints,
        reports.PdfNotMade,
        reports.PdfTookTooLong,
    ),
    "createRule": (*_UNUSABLE_RULE, own_rules.TooManyRules),
    "orderRules": (own_rules.OrderIncomplete,),
    "getRule": (own_rules.RuleNotFound,),
    "changeRule": (own_rules.RuleNotFound, own_rules.RuleChangedMeanwhile, *_UNUSABLE_RULE),
    "deleteRule": (own_rules.RuleNotFound,),
    "testRule": (own_rules.RuleNotFound, *_UNUSABLE_RULE),
    "applyRule": (
        own_rules.RuleNotFound,
        own_rules.RuleDoesNotApply,
        reports.ReportNotFound,
        reports.ReportIsSubmitted,
    ),
    "alwaysLikeThis": (
        reports.ReportNotFound,
        reports.LineNotFound,
        reports.ReportIsSubmitted,
        reports.LineHasNoAccount,
        own_rules.TooManyRules,
        *_UNUSABLE_RULE,
    ),
    "exclude": (statements.TransactionNotFound, statements.TransactionIsSubmitted),
    "importStatement": _REFUSED_FILE,
    "previewStatement": _REFUSED_FILE,
    "undoStatement": (statements.StatementNotFound, statements.StatementIsSubmitted),
    "replaceAccounts": _REPLACED_CHART,
    "replaceDepartments": _REPLACED_CHART,
    "signIn": (
        identity.WrongSignInCode,
        identity.SignInDisabled,
        identity.CrossSiteRequest,
        identity.SignedInElsewhere,
        identity.TooManySignIns,
    ),
}
"""By operation: the facts that stop it, beside those that stop any."""

GENERAL: Mapping[S, str] = {
    S.BAD_REQUEST: "`invalid-request`: Some of it is missing or wrong; `errors` says what.",
    S.REQUEST_ENTITY_TOO_LARGE: "`too-large`: The body is larger than is taken here.",
    S.UNSUPPORTED_MEDIA_TYPE: "`unsupported-media-type`: The body has another content type.",
    S.SERVICE_UNAVAILABLE: "`unavailable`: The database does not answer; try again after "
    "`Retry-After` seconds.",
}
SUCCESSES: Mapping[str, str] = {
    "200": "Done; here it is.",
    "201": "Stored.",
    "202": "Taken on. `Location` is the job, `Retry-After` when to look at it again.",
    "204": "Done; there is nothing to say.",
}
UNCHANGED = "Nothing has changed since the version that `If-None-Match` names; there is no body."
PARAMETERS: Mapping[str, str] = {
    "Idempotency-Key": "1 to 255 visible ASCII characters of your choice. Sent again with the "
    "same body within a day, it gets the first answer again instead of a second job.",
    "If-None-Match": "The `ETag` of the answer you hold: 304 without a body while it is current.",
    "If-Match": 'The version of the line you saw, as in `"3"`. Without it: 428; once the line '
    "has changed: 412 with the line as it is now.",
    "Last-Event-ID": "The `id` of the last event you have: what you have is not sent again.",
    "page": "Which page, from 1.",
    "pageSize": "How many items a page holds.",
    "status": "Only jobs in this state.",
    "period": "A month, written `YYYY-MM`.",
    "needsReview": "Only lines that still need a look, or only those that do not.",
    "q": "Text to look for.",
    "tier": "Only lines that this tier settled.",
    "glCode": "Only lines on this account; empty: those without one.",
    "departmentCode": "Only lines of this department; empty: those without one.",
    "sort": "The order of the lines; `-` in front turns it round.",
    "format": "`csv`, `xlsx`, `pdf` or `journal-csv`.",
    "user_id": "The id of a person.",
    "job_id": "The id of a report job.",
    "report_id": "The id of a report.",
    "line_id": "The id of a line of this report.",
    "transaction_id": "The id of a transaction.",
    "rule_id": "The id of one of your rules.",
    "statement_id": "The id of an import.",
}
FORMS: Mapping[str, str] = {
    "Idempotency-Key": "^[!-~]([ -~]{0,253}[!-~])?$",
    "If-Match": '^"[0-9]{1,10}"$',
}
"""How headers are written that a route reads itself, to refuse others in words of its own."""
MEMBERS: Mapping[str, Mapping[str, str]] = {
    "ReportJobIn": {"period": "The month to report, written `YYYY-MM`."},
    "LineIn": {
        "glCode": "The code of an account of the chart; null: none.",
        "departmentCode": "The code of a department of the chart; null: none.",
        "vendor": "Who was paid; null or empty: not known.",
        "note": "Your own words on the line; null or empty: none.",
    },
    "SeenIn": {"id": "The id of a line of this report.", "version": "The version you saw."},
    "BulkIn": {
        "lines": "Up to 10,000 lines, each once, with the version you saw; or none and "
        "`sameVendorAs`.",
        "sameVendorAs": "The id of a line: all lines of the report that have its vendor.",
        "set": "What to change on each of them: at least one member.",
    },
    "SubmitIn": {"acceptUnreviewed": "true submits lines that still need a look as they are."},
    "ExcludedIn": {"excluded": "true keeps the charge out of reports, false lets it in again."},
    "PersonIn": {
        "disabled": "true: they may no longer sign in, and their jobs are cancelled; false: they "
        "may again."
    },
    "SignInRequest": {"code": "The one-time code of a sign-in link."},
}
