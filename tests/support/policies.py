"""Whose the things behind each operation are; a new operation says so here, or its tests fail.

- open: for anybody, signed in or not; nothing of a person's is in it
- all: the same for everybody who is signed in
- own: the person's own things; another's are as things that do not exist
- admin: for administrators, 403 for others
"""

from collections.abc import Mapping
from typing import Final, Literal

Policy = Literal["open", "all", "own", "admin"]
POLICIES: Final[Mapping[str, Policy]] = {
    "live": "open", "ready": "open", "metrics": "open", "signIn": "open",
    "listAccounts": "all", "listDepartments": "all", "getProvider": "all",
    "whoAmI": "own", "signOut": "own",
    "createReportJob": "own", "listReportJobs": "own", "getActiveReportJob": "own",
    "getReportJob": "own", "cancelReportJob": "own", "retryReportJob": "own",
    "watchReportJob": "own", "watchReportJobs": "own", "listPeriods": "own",
    "listReports": "own", "getReport": "own", "deleteReport": "own", "submit": "own",
    "reopen": "own", "export": "own", "getTotals": "own",
    "listLines": "own", "editLine": "own", "editLines": "own",
    "exclude": "own", "listTransactions": "own",
    "importStatement": "own", "previewStatement": "own", "listStatements": "own",
    "undoStatement": "own",
    "listRules": "own", "createRule": "own", "orderRules": "own", "getRule": "own",
    "changeRule": "own", "deleteRule": "own", "testRule": "own", "applyRule": "own",
    "alwaysLikeThis": "own", "getSignInOptions": "open",
    "listAllReportJobs": "admin", "cancelAnyReportJob": "admin", "listPeople": "admin",
    "changePerson": "admin", "deletePerson": "admin", "getAlerts": "admin", "testAlert": "admin",
    "replaceAccounts": "admin", "replaceDepartments": "admin",
}  # fmt: skip

OPEN_PAGES: Final = frozenset(
    {
        "/",
        "/sign-in",
        "/api/sign-in/oidc",
        "/api/sign-in/oidc/callback",
        "/docs",
        "/openapi.json",
        "/app",
        "/app/{place}",
        "/static/{path}",
    }
)
"""What stands outside the document and may be seen by anybody: pages without a person's data."""
