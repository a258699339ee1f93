"""Nothing people entered, and no secret, is ever logged: canaries sent through real processes."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import sql
from tests.support import canaries
from tests.support import database as databases
from tests.support.canaries import CANARIES, PERSON
from tests.support.processes import Stack, eventually

from expenseflow.infra.db import libpq_url

_TROUBLE: tuple[dict[str, Any], ...] = (
    {"do": "not_json"}, {"do": "prose"}, {"do": "long_text"}, {"do": "huge"},
    {"do": "status", "code": 500}, {"do": "status", "code": 401},
)  # fmt: skip
FINAL = ("Completed", "Failed", "Cancelled")


@pytest.fixture(params=["json", "console"])
def stack(postgres_server: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    settings = {
        "log_format": request.param,
        "llm_api_key": CANARIES["key"],
        "llm_timeout_s": "3",
        "llm_outage_patience_s": "1",
        "alert_webhook_url": "http://127.0.0.1:9/hook",
        "alert_webhook_secret": CANARIES["webhook"],
    }
    with (
        databases.fresh_database(postgres_server) as url,
        Stack(url, tmp_path / "stack", **settings) as running,
    ):
        running.provider()
        running.api()
        running.worker().printed("worker.started")
        yield running


def _logs(stack: Stack) -> str:
    return "".join(
        process.log.read_text(errors="replace")
        for process in stack.processes
        if "provider" not in process.log.name
    )


def _refuse(stack: Stack, table: str) -> None:
    """From now on every write to it is a mistake whose text quotes the whole row."""
    with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
        refuse = sql.SQL("ALTER TABLE {} ADD CONSTRAINT no CHECK (id IS NULL) NOT VALID")
        connection.execute(refuse.format(sql.Identifier(table)))


def _accept(stack: Stack, table: str) -> None:
    with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
        accept = sql.SQL("ALTER TABLE {} DROP CONSTRAINT no")
        connection.execute(accept.format(sql.Identifier(table)))


def _imported(client: httpx.Client, period: str) -> httpx.Response:
    file = (f"{CANARIES['file']}.csv", canaries.statement(period))
    return client.post("/api/statements", files={"file": file})


def _job(client: httpx.Client, period: str) -> dict[str, Any]:
    assert _imported(client, period).status_code == 201
    return _ended(client, client.post("/api/report-jobs", json={"period": period}))


def _cancelled(stack: Stack, client: httpx.Client, period: str) -> dict[str, Any]:
    """One that waits for a provider at its limit."""
    stack.script({"do": "limit", "retry_after": "60"})
    before = len(stack.calls())
    assert _imported(client, period).status_code == 201
    accepted = client.post("/api/report-jobs", json={"period": period})
    eventually(lambda: len(stack.calls()) > before)
    client.delete(accepted.headers["location"])
    return _ended(client, accepted)


def _ended(client: httpx.Client, accepted: httpx.Response) -> dict[str, Any]:
    assert accepted.status_code == 202, accepted.text

    def look() -> dict[str, Any] | None:
        job = client.get(accepted.headers["location"]).json()
        return job if job["status"] in FINAL else None

    return eventually(look, seconds=90)


def _own_things(client: httpx.Client, job: Mapping[str, Any]) -> dict[str, str]:
    report = job["generatedReportId"]
    line = client.get(f"/api/reports/{report}/lines").json()["items"][0]
    content = {"merchantContains": CANARIES["description"], "glCode": "66300"}
    rule = client.post("/api/rules", json=content)
    assert rule.status_code == 201, rule.text
    return {
        "job_id": job["id"],
        "report_id": report,
        "line_id": line["id"],
        "transaction_id": line["transactionId"],
        "statement_id": client.get("/api/statements").json()["items"][0]["id"],
        "rule_id": rule.json()["id"],
        "user_id": client.get("/api/me").json()["id"],
    }


def _sign_in(stack: Stack, client: httpx.Client) -> dict[str, str]:
    """By a link; the code of the link and the cookie it brings."""
    link = stack.run("sign-in-link", "--user", PERSON).stdout
    found = re.search(r"code=([\w.-]+)", link)
    assert found is not None, link
    for code in (found[1], CANARIES["code"]):
        client.get("/sign-in", params={"code": code})
        client.post("/api/sign-in", json={"code": code})
    cookie = next(iter(client.cookies.values()), "")
    client.cookies.clear()
    return {"sign-in code": found[1], "cookie": cookie or found[1]}


def _secrets(stack: Stack, client: httpx.Client) -> dict[str, str]:
    token = client.headers["authorization"].removeprefix("Bearer ")
    return {**CANARIES, "token": token, **_sign_in(stack, client)}


def _error_details(stack: Stack) -> str:
    with psycopg.connect(libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])) as connection:
        rows = connection.execute("SELECT error_details FROM report_generation_jobs").fetchall()
        return "".join(details or "" for (details,) in rows)


def test_no_route_logs_what_it_is_sent(stack: Stack) -> None:
    with stack.client(PERSON) as client:
        secrets = _secrets(stack, client)
        job = _job(client, "2026-01")
        assert job["status"] == "Completed"
        document = client.get("/openapi.json").json()
        walk = canaries.Walk(client, document, _own_things(client, job))
        _refuse(stack, "statements")
        assert _imported(client, "2026-02").status_code == 500
        _accept(stack, "statements")
        sent = walk.go()
    logs = _logs(stack)
    assert sent > 150
    assert logs.count("/api/") > 150, "the log tells of the requests"
    assert "CheckViolation" in logs, "the log tells of the error"
    assert canaries.found_in(logs, secrets) == set()


def test_no_fate_of_a_job_is_logged_with_what_was_in_it(stack: Stack) -> None:
    with stack.client(PERSON) as client:
        secrets = _secrets(stack, client)
        for month, rule in enumerate(_TROUBLE, 1):
            stack.script(rule)
            assert _job(client, f"2026-{month:02d}")["status"] == "Completed"
        stack.script()
        _refuse(stack, "report_lines")
        assert _job(client, "2026-08")["status"] == "Failed"
        assert _cancelled(stack, client, "2026-09")["status"] == "Cancelled"
    logs, details = _logs(stack), _error_details(stack)
    for told in (logs, details):
        assert "running.py" in told
        assert "SQLSTATE 23514" in told
        assert "constraint no" in told
    assert logs.count("report_job.claimed") == len(_TROUBLE) + 2
    assert canaries.found_in(logs + details, secrets) == set()
