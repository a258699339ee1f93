"""How errors are told."""

import errno
import json
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy.exc
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from expenseflow.app import problem_answers
from expenseflow.identity.errors import NotAuthenticated, TooManySignIns
from expenseflow.kit.errors import ExpenseFlowError
from expenseflow.report_jobs.errors import ActiveJobExists, NothingLeftToReport


def _told(error: Exception, path: str = "/api/x") -> tuple[dict[str, Any], dict[str, str]]:
    answer = problem_answers.problem_of(error).answer(path)
    document = json.loads(bytes(answer.body))
    assert answer.status_code == document["status"]
    assert answer.media_type == "application/problem+json"
    return document, dict(answer.headers)


def test_a_fact_has_its_five_members_and_its_fields() -> None:
    reports = [uuid4()]
    document, _ = _told(NothingLeftToReport(reports))
    assert document == {
        "type": "/problems/nothing-left-to-report",
        "title": "Everything is submitted",
        "status": 422,
        "detail": "Every transaction of this period already stands on a submitted report.",
        "instance": "/api/x",
        "reportIds": [str(reports[0])],
    }


def test_the_job_in_the_way_stands_in_both_places() -> None:
    job = uuid4()
    document, _ = _told(ActiveJobExists(job))
    assert document["existingJobId"] == str(job)
    assert document["extensions"] == {"existingJobId": str(job)}


def test_401_names_the_scheme() -> None:
    assert _told(NotAuthenticated())[1]["www-authenticate"] == "Bearer"


def test_429_says_when_to_come_back() -> None:
    assert _told(TooManySignIns(retry_after=17))[1]["retry-after"] == "17"


def test_a_field_cannot_take_the_place_of_a_member() -> None:
    document, _ = _told(TooManySignIns(status=200, retry_after=1))
    assert document["status"] == 429


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection refused, password=geheim"),
        sqlalchemy.exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("gone")),
        sqlalchemy.exc.TimeoutError("pool"),
        sqlalchemy.exc.InterfaceError("SELECT 1", {}, psycopg.InterfaceError("closed")),
    ],
)
def test_a_database_that_is_down_is_503(error: Exception) -> None:
    document, headers = _told(error)
    assert document["status"] == 503
    assert headers["retry-after"] == "2"
    assert "geheim" not in str(document)


PASSING = {
    "40P01": "deadlock", "40001": "could not serialize", "55P03": "lock timeout",
    "57014": "statement timeout", "53300": "too many clients", "53100": "disk full",
    "53200": "out of memory", "57P03": "starting up", "57P01": "shutting down",
    "57P02": "crashed", "25P03": "idle in transaction", "25006": "read-only", "58030": "I/O error",
    "08006": "connection failure",
}  # fmt: skip


@pytest.mark.parametrize("code", PASSING)
def test_what_passes_in_a_database_is_503(code: str) -> None:
    found = psycopg.errors.lookup(code)(PASSING[code])
    wrapped = sqlalchemy.exc.DBAPIError.instance("SELECT 1", {}, found, psycopg.Error)
    document, headers = _told(wrapped)
    assert document["status"] == 503
    assert headers["retry-after"] == "2"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EMFILE])
def test_a_machine_without_room_is_503(code: int) -> None:
    assert _told(OSError(code, "geheim"))[0]["status"] == 503


def test_a_client_that_goes_away_in_the_middle_of_a_body_is_no_mistake_of_ours() -> None:
    assert _told(ClientDisconnect())[0]["status"] == 400


@pytest.mark.parametrize(
    "error",
    [ValueError("geheim"), KeyError("geheim"), type("Unlisted", (ExpenseFlowError,), {})("geheim")],
)
def test_a_mistake_of_ours_says_nothing_about_the_inside(error: Exception) -> None:
    document, _ = _told(error)
    assert document["type"] == "/problems/unexpected"
    assert document["status"] == 500
    assert "geheim" not in str(document)


def test_a_nul_that_reached_the_database_is_the_callers() -> None:
    refused = psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    assert _told(sqlalchemy.exc.DataError("INSERT", {}, refused))[0]["status"] == 400


@pytest.mark.parametrize("status", [400, 404, 405, 406, 413, 415, 418, 421])
def test_bare_statuses_get_words(status: int) -> None:
    document, _ = _told(HTTPException(status))
    assert document["status"] == status
    assert document["detail"]
    assert document["type"].startswith("/problems/")


def test_the_path_is_escaped_and_cut() -> None:
    document, _ = _told(HTTPException(404), '/<script>"\n' + "x" * 9000)
    assert document["instance"].startswith("/%3Cscript%3E%22%0A")
    assert len(document["instance"]) == problem_answers.MAX_INSTANCE
