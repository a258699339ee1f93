"""Turns whatever went wrong into `application/problem+json`.

Nothing of the request is repeated in it but the path, and nothing of our inside ever.
"""

import errno
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus as S
from typing import Any, cast
from urllib.parse import quote

import psycopg
import sqlalchemy.exc
import structlog
from fastapi.exceptions import RequestValidationError
from procrastinate.exceptions import ConnectorException
from psycopg.errors import ForeignKeyViolation
from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from expenseflow.app.problems import BEARER, TABLE, Shape
from expenseflow.identity.errors import NotAuthenticated
from expenseflow.kit.errors import ExpenseFlowError

MEDIA_TYPE = "application/problem+json"
TYPES = "/problems/"
MAX_INSTANCE = 500
MAX_MEMBER = 100
_log = structlog.get_logger("expenseflow.problems")

UNEXPECTED = Shape("unexpected", "Something went wrong here", S.INTERNAL_SERVER_ERROR)
UNAVAILABLE = Shape(
    "unavailable", "Not available right now", S.SERVICE_UNAVAILABLE, {"Retry-After": "2"}
)
INVALID = Shape("invalid-request", "The request is not right", S.BAD_REQUEST)
NOT_FOUND = Shape("not-found", "Not found", S.NOT_FOUND)
# What Starlette, FastAPI and our own middleware say with a bare status.
BY_STATUS = {
    S.BAD_REQUEST: INVALID,
    S.UNAUTHORIZED: Shape("not-authenticated", "Sign in first", S.UNAUTHORIZED, BEARER),
    S.NOT_FOUND: NOT_FOUND,
    S.METHOD_NOT_ALLOWED: Shape("method-not-allowed", "Not possible", S.METHOD_NOT_ALLOWED),
    S.REQUEST_ENTITY_TOO_LARGE: Shape("too-large", "Too large", S.REQUEST_ENTITY_TOO_LARGE),
    S.UNSUPPORTED_MEDIA_TYPE: Shape(
        "unsupported-media-type", "Wrong content type", S.UNSUPPORTED_MEDIA_TYPE
    ),
    S.SERVICE_UNAVAILABLE: UNAVAILABLE,
    S.REQUEST_TIMEOUT: Shape("too-slow", "Sent too slowly", S.REQUEST_TIMEOUT),
    S.MISDIRECTED_REQUEST: Shape("misdirected", "Wrong host", S.MISDIRECTED_REQUEST),
}
_OUTAGES = (
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    ConnectorException,
)
_PASSING = {"25P03", "25P04", "25006"}
"""Cut while idle in a transaction, or at its time limit; read-only: a standby that takes over."""
_TOOK_TOO_LONG = {"57014", "55P03"}
"""Ended by the server at the time limit of a statement, or of a wait for a lock."""
_OF_A_PERSON = "_user_id_users"
"""How the foreign keys are called by which a row is somebody's."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem document, and the headers that go with it."""

    shape: Shape
    detail: str
    members: Mapping[str, Any] = field(default_factory=dict[str, Any])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def answer(self, path: str) -> JSONResponse:
        document = {
            "type": TYPES + self.shape.slug,
            "title": self.shape.title,
            "status": int(self.shape.status),
            "detail": self.detail,
            "instance": quote(path)[:MAX_INSTANCE],
        }
        members = {name: told for name, told in self.members.items() if name not in document}
        headers = {**self.shape.headers, **self.headers}
        return JSONResponse({**document, **members}, int(self.shape.status), headers, MEDIA_TYPE)


def problem_of(error: Exception) -> Problem:
    """How this error is told."""
    for kind, tell in _TELLERS.items():
        if isinstance(error, kind):
            return tell(error)
    if isinstance(error, ClientDisconnect):  # nobody reads it, and nothing of ours went wrong
        return Problem(INVALID, "The body ended too early.")
    if _is_of_nobody(error):
        return problem_of(NotAuthenticated())
    if (why := _unavailable(error)) is not None:
        return Problem(UNAVAILABLE, why)
    if "NUL (0x00)" in str(error) and isinstance(error, sqlalchemy.exc.DBAPIError):
        return Problem(INVALID, "A text holds a NUL character.")
    return Problem(UNEXPECTED, "The mistake is ours and has been logged.")


def _is_of_nobody(error: Exception) -> bool:
    """Whoever it was to be for was deleted since their request was let in."""
    orig = getattr(error, "orig", None)
    return isinstance(orig, ForeignKeyViolation) and (orig.diag.constraint_name or "").endswith(
        _OF_A_PERSON
    )


def _unavailable(error: Exception) -> str | None:
    """Why it cannot be done now, if it can be done later."""
    if is_full(error):
        return "This machine has no room left. Try again in a moment."
    if isinstance(error, sqlalchemy.exc.TimeoutError):  # of the pool; the database may be fine
        return "Too much is asked at once. Try again in a moment."
    if getattr(getattr(error, "orig", None), "sqlstate", None) in _TOOK_TOO_LONG:
        return "It took too long; something larger may be under way. Try again soon."
    return "The database does not answer. Try again in a moment." if is_outage(error) else None


def is_full(error: BaseException) -> bool:
    """Whether the disk, or the number of open files, is used up."""
    return isinstance(error, OSError) and error.errno in _FULL


def is_outage(error: BaseException) -> bool:
    """Whether the database, or the queue in it, cannot do its work now.

    Not reached, too slow, locked, full, starting, stopping, in a deadlock: all of these are
    operational to the driver. What PostgreSQL counts as internal is told by its code.
    """
    passing = isinstance(error, sqlalchemy.exc.DBAPIError) and (
        error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _PASSING
    )
    return passing or isinstance(error, _OUTAGES)


async def handle(request: Request, error: Exception) -> JSONResponse:
    """The exception handler for what FastAPI would answer in its own shape."""
    problem = problem_of(error)
    request.state.problem = problem.shape.slug  # for the audit
    return problem.answer(request.url.path)


class ProblemAnswers:
    """Catches whatever comes out of the application and answers it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            problem = problem_of(error)
            scope.setdefault("state", {})["problem"] = problem.shape.slug
            _tell(problem, error)
            if started:  # half an answer is out: all that is left is to break it off
                raise
            await problem.answer(scope["path"])(scope, receive, send)


def _tell(problem: Problem, error: Exception) -> None:
    if problem.shape is UNEXPECTED:
        _log.error("request.failed", exc_info=error)
    elif problem.shape is UNAVAILABLE:
        _log.warning("request.unavailable", error=type(error).__name__)


def _of_fact(error: Exception) -> Problem:
    fact = cast("ExpenseFlowError", error)
    shape = next((TABLE[kind] for kind in type(fact).__mro__ if kind in TABLE), None)
    if shape is None:
        return Problem(UNEXPECTED, "The mistake is ours and has been logged.")
    members: dict[str, Any] = {
        to_camel(name): to_jsonable_python(value, by_alias=True)
        for name, value in fact.fields.items()
    }
    if "existingJobId" in members:  # the contract names it in both places
        members["extensions"] = {"existingJobId": members["existingJobId"]}
    wait = fact.fields.get("retry_after")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return Problem(shape, _sentence(fact.detail), members, headers)


def _of_status(error: Exception) -> Problem:
    refusal = cast("HTTPException", error)
    status = S(refusal.status_code)
    shape = BY_STATUS.get(status) or Shape(_slug(status), status.phrase, status)
    detail = refusal.detail if refusal.detail != status.phrase else _WORDS.get(status, "")
    return Problem(shape, detail or status.description, headers=refusal.headers or {})


_WORDS = {
    S.NOT_FOUND: "There is nothing at this address.",
    S.METHOD_NOT_ALLOWED: "This cannot be done at this address; Allow names what can.",
}


def _slug(status: S) -> str:
    return status.phrase.lower().replace(" ", "-")


def _of_validation(error: Exception) -> Problem:
    mistakes = cast("Sequence[Mapping[str, Any]]", cast("RequestValidationError", error).errors())
    if any(mistake["loc"][0] == "path" for mistake in mistakes):
        return Problem(NOT_FOUND, "There is no such thing: this is not an id.")
    told = [{"detail": _words(mistake), "pointer": pointer(mistake["loc"])} for mistake in mistakes]
    return Problem(INVALID, "Some of it is missing or wrong; errors says what.", {"errors": told})


_MISPLACED = frozenset({"missing", "extra_forbidden"})
_MISTAKES = {
    "missing": "This is missing.",
    "extra_forbidden": "There is no such member.",
    "json_invalid": "This is not JSON.",
    "string_pattern_mismatch": "This is not written in the form that is asked for.",
    "model_attributes_type": "This must be a JSON object.",
}


_AMOUNT = "This must be an amount with a point and at most four decimals, such as 12.50."
_MEMBERS = {
    "period": "This must be a month written YYYY-MM, such as 2026-01.",
    "currency": "This must be three capital letters, such as EUR.",
    "amountMin": _AMOUNT,
    "amountMax": _AMOUNT,
}


def _words(mistake: Mapping[str, Any]) -> str:
    kind, name = mistake["type"], mistake["loc"][-1]
    if kind not in _MISPLACED and name in _MEMBERS:
        return _MEMBERS[name]
    return _sentence(_MISTAKES.get(kind) or mistake["msg"].removeprefix("Value error, "))


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


def pointer(place: Sequence[str | int]) -> str:
    """Where it is wrong: `#/period` in the body, `?pageSize` in the query, else the header."""
    source, *path = place
    names = [str(part)[:MAX_MEMBER] for part in path]
    if source == "query":
        return "?" + ".".join(names)
    if source != "body":
        return f"{source}:{'.'.join(names)}"
    if names and isinstance(path[0], int) and len(path) == 1:  # where the JSON itself breaks off
        return "#"
    return "#" + "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


_TELLERS: dict[type[Exception], Callable[[Exception], Problem]] = {
    ExpenseFlowError: _of_fact,
    HTTPException: _of_status,
    RequestValidationError: _of_validation,
}
