"""The events of security, one line each: who came in, who was refused, what left, what is gone.

`audit.*` in the log, with the time in UTC, the id of the person and the ids of the things; never
an e-mail, a text or a secret. The names of the events stand in docs/howto/operate.md. Whom a
sign-in at a provider adds, and whose role it changes, is told by `identity/oidc/people.py`.
"""

from collections.abc import Mapping
from http import HTTPStatus as S
from typing import Any, Final
from uuid import UUID

import structlog
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from expenseflow.app.openapi import operation_id

# By operation. What people do all day to what is theirs is none of them.
DONE: Final[Mapping[str, str]] = {
    "signIn": "signed_in",
    "finishSignIn": "signed_in",
    "signOut": "signed_out",
    "export": "report_exported",
    "submit": "report_submitted",
    "reopen": "report_reopened",
    "deleteReport": "report_deleted",
    "undoStatement": "statement_deleted",
    "deleteRule": "rule_deleted",
    "cancelReportJob": "job_cancelled",
    "cancelAnyReportJob": "job_cancelled",
    "changePerson": "person_changed",
    "deletePerson": "person_deleted",
    "replaceAccounts": "chart_changed",
    "replaceDepartments": "chart_changed",
    "testAlert": "alert_tested",
}
FAILED: Final[Mapping[str, str]] = dict.fromkeys(
    ("signIn", "beginSignIn", "finishSignIn"), "sign_in_failed"
)
"""At a provider the browser is sent on in either case; what went wrong is told in words of ours."""
_REFUSALS: Final = {S.UNAUTHORIZED, S.FORBIDDEN, S.MISDIRECTED_REQUEST}
_NOT_THEIRS: Final = "-not-found"
"""How the problems end that are told for things of others, and of nobody."""
_BOTH_AT_ONCE: Final = "two-credentials"
_log = structlog.get_logger("expenseflow.audit")


class Audit:
    """Looks at each exchange when it is over; stands around the layer that answers problems."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Here, so that routes and the layers around them write into the same one.
        told: dict[str, Any] = scope.setdefault("state", {})
        status = S.INTERNAL_SERVER_ERROR

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = S(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            _tell(scope, status, told)


def _tell(scope: Scope, status: S, told: Mapping[str, Any]) -> None:
    route = scope.get("route")
    operation = ""
    if isinstance(route, APIRoute):
        operation = route.operation_id or operation_id(route)
    why = told.get("problem")
    event = _event(operation, status, why)
    if event is None:
        return
    actor: UUID | None = told.get("actor_id")
    known: dict[str, Any] = {"actor": None if actor is None else str(actor), **_ids(scope)}
    if why is not None:
        known |= {"why": why, "operation": operation or None}
    _log.info(f"audit.{event}", **known)


def _event(operation: str, status: S, why: str | None) -> str | None:
    if status < S.BAD_REQUEST and why is None:
        return DONE.get(operation)
    if status is S.TOO_MANY_REQUESTS:
        return "limited"
    if operation in FAILED and status < S.INTERNAL_SERVER_ERROR:
        return FAILED[operation]
    problem = why or ""
    if status in _REFUSALS or problem == _BOTH_AT_ONCE or problem.endswith(_NOT_THEIRS):
        return "denied"
    return None


def _ids(scope: Scope) -> dict[str, str]:
    """What the path names, as far as it is an id: anything else may hold a text."""
    found: dict[str, str] = {}
    for name, value in scope.get("path_params", {}).items():
        try:
            found[name] = str(UUID(str(value)))
        except ValueError:
            continue
    return found
