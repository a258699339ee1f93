"""`/health/*`, `/metrics`, `/openapi.json`, `/docs` (contract, section 2, last rows)."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from jsonschema_rs import is_valid
from sqlalchemy import text
from tests.support.identity import Visitors

from expenseflow.app import api_words, docs_page
from expenseflow.app.openapi import operations
from expenseflow.app.problems import TABLE
from expenseflow.identity.errors import (
    InvalidEmail,
    NotAuthenticated,
    ProviderSilent,
    TwoCredentials,
)
from expenseflow.infra.db import Database


async def test_it_is_alive_without_a_database() -> None:
    cut_off = Visitors(Database("postgresql://nobody@127.0.0.1:1/none"))
    try:
        assert (await cut_off.anonymous().get("/health/live")).status_code == 200
        answer = await cut_off.anonymous().get("/health/ready")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["checks"]["database"] == "no answer"
        assert "expenseflow_database_up 0.0" in (await cut_off.anonymous().get("/metrics")).text
    finally:
        await cut_off.close()
        await cut_off.parts.database.close()


async def test_it_is_ready_over_a_migrated_database(visitors: Visitors) -> None:
    answer = await visitors.anonymous().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "checks": {
            "database": "ok",
            "migrations": "ok",
            "queue": "ok",
            "events": "degraded: polling",  # nobody listens over ASGI; streams go on all the same
        },
    }


async def test_it_is_not_ready_over_an_old_schema(visitors: Visitors) -> None:
    async with schema_at(visitors, "0013"):
        answer = await visitors.anonymous().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "out of date"
    assert "expenseflow migrate" in answer.json()["detail"]


async def test_it_is_ready_over_the_schema_of_the_next_release(visitors: Visitors) -> None:
    async with schema_at(visitors, "9999"):
        answer = await visitors.anonymous().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"]["migrations"] == "of a later release"


@asynccontextmanager
async def schema_at(visitors: Visitors, revision: str) -> AsyncGenerator[None]:
    """The database says that it is at this revision, for as long as the block runs."""
    async with visitors.parts.database.transaction() as session:
        found = await session.scalar(text("SELECT version_num FROM alembic_version"))
        await session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
    try:
        yield
    finally:
        async with visitors.parts.database.transaction() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": found})


async def test_metrics_count_requests_and_jobs(visitors: Visitors) -> None:
    await (await visitors.signed_in()).get("/api/me")
    answer = await visitors.anonymous().get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert 'expenseflow_report_jobs{status="Pending"} 0.0' in lines
    assert 'expenseflow_report_jobs{status="CancellationRequested"} 0.0' in lines
    assert "expenseflow_queue_depth 0.0" in lines
    assert "expenseflow_database_up 1.0" in lines
    measured = 'expenseflow_http_requests_total{method="GET",route="/api/me",status="200"} 1.0'
    assert measured in lines
    assert any(line.startswith("process_resident_memory_bytes") for line in lines)


@pytest.mark.parametrize("path", ["/api/me", "/api/report-jobs/events"])
async def test_a_head_is_measured_under_the_route_that_answered(
    visitors: Visitors, path: str
) -> None:
    await (await visitors.signed_in()).head(path)
    lines = (await visitors.anonymous().get("/metrics")).text.splitlines()
    measured = f'expenseflow_http_requests_total{{method="HEAD",route="{path}",status="200"}} 1.0'
    assert measured in lines


async def _document(visitors: Visitors) -> dict[str, Any]:
    return (await visitors.anonymous().get("/openapi.json")).json()


async def test_the_document_is_openapi_3_1_and_every_reference_leads_somewhere(
    visitors: Visitors,
) -> None:
    answer = await visitors.anonymous().get("/openapi.json")
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    for reference in set(re.findall(r'"\$ref":\s*"#/([^"]+)"', answer.text)):
        found = document
        for part in reference.split("/"):
            found = found[part]
    assert "HTTPValidationError" not in answer.text


async def test_every_operation_has_a_name_a_tag_words_and_its_problems(visitors: Visitors) -> None:
    document = await _document(visitors)
    every = list(operations(document))
    names = [operation["operationId"] for _, _, operation in every]
    assert len(names) == len(set(names))
    for path, _, operation in every:
        assert operation["tags"]
        assert operation["operationId"].isalnum()
        assert operation.get("description"), operation["operationId"]
        if path.startswith("/api/"):
            problem = operation["responses"]["default"]["content"]["application/problem+json"]
            assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert "401" in operation["responses"] or not operation["security"]


async def test_the_document_names_the_credentials(visitors: Visitors) -> None:
    document = await _document(visitors)
    assert document["paths"]["/api/me"]["get"]["security"] == [{"bearer": []}, {"session": []}]
    assert document["paths"]["/api/sign-in"]["post"]["security"] == []
    assert document["components"]["securitySchemes"].keys() == {"bearer", "session"}


async def test_the_docs_list_every_operation(visitors: Visitors) -> None:
    page = (await visitors.anonymous().get("/docs")).text
    for path, _, operation in operations(await _document(visitors)):
        assert path in page
        assert f'id="{operation["operationId"]}"' in page


async def test_the_document_names_each_refusal_under_its_own_status(visitors: Visitors) -> None:
    document = await _document(visitors)
    every = {operation["operationId"]: operation for _, _, operation in operations(document)}
    for name, facts in api_words.REFUSALS.items():
        for fact in facts:
            shape = TABLE[fact]
            assert f"`{shape.slug}`" in every[name]["responses"][str(int(shape.status))].get(
                "description"
            ), (name, shape.slug)
    promised = {fact for facts in api_words.REFUSALS.values() for fact in facts}
    everywhere = {NotAuthenticated, TwoCredentials, ProviderSilent}
    on_the_command_line = {InvalidEmail}
    assert TABLE.keys() - promised - everywhere == on_the_command_line
    assert "304" in every["getReportJob"]["responses"]
    assert "403" not in every["getReportJob"]["responses"]


async def test_no_description_is_the_standard_librarys(visitors: Visitors) -> None:
    for _, _, operation in operations(await _document(visitors)):
        for status, answer in operation["responses"].items():
            words = answer["description"]
            assert words != "Successful Response"
            if status.isdigit():
                assert words not in (
                    HTTPStatus(int(status)).phrase,
                    HTTPStatus(int(status)).description,
                )


async def test_every_parameter_and_member_says_what_it_means(visitors: Visitors) -> None:
    document = await _document(visitors)
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (operation["operationId"], parameter["name"])
            assert "null" not in str(parameter["schema"]), parameter["name"]
    for entries in docs_page.entries_by_tag(document).values():
        for entry in entries:
            for body in entry["bodies"]:
                assert body["members"], entry["id"]
                assert all(member["about"] for member in body["members"]), entry["id"]
                assert all(member["type"] != "any" for member in body["members"]), entry["id"]


async def test_if_match_is_required_of_who_edits_a_line(visitors: Visitors) -> None:
    document = await _document(visitors)
    edit = document["paths"]["/api/reports/{report_id}/lines/{line_id}"]["patch"]
    assert [p["required"] for p in edit["parameters"] if p["name"] == "If-Match"] == [True]
    assert {"400", "404", "409", "412", "422", "428"} <= edit["responses"].keys()


@pytest.mark.parametrize(
    ("name", "taken", "refused"),
    [
        ("Idempotency-Key", ["a", "a key", "!" * 255], ["", " a", "a ", "é", "!" * 256]),
        ("If-Match", ['"3"'], ["3", '"x"', '""', 'W/"3"', '"12345678901"']),
    ],
)
async def test_headers_that_a_route_reads_itself_say_how_they_are_written(
    visitors: Visitors, name: str, taken: list[str], refused: list[str]
) -> None:
    """Any text was said to be right, and then refused with a 400."""
    forms = {
        parameter["schema"].get("pattern")
        for _, _, operation in operations(await _document(visitors))
        for parameter in operation.get("parameters", [])
        if parameter["name"] == name and operation["tags"] != ["chart"]
    }
    [form] = forms
    assert all(re.search(form, value) for value in taken)
    assert not any(re.search(form, value) for value in refused)


_LINE = "6f1c2a52-2a51-4a51-8a51-9a5160c1f001"
_SEEN = {"id": _LINE, "version": 1}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("BulkIn", {"lines": [_SEEN], "set": {}}),
        ("BulkIn", {"lines": [_SEEN], "sameVendorAs": _LINE, "set": {"note": "x"}}),
        ("BulkIn", {"lines": None, "sameVendorAs": None, "set": {"note": "x"}}),
        ("BulkIn", {"lines": [_SEEN, _SEEN], "set": {"note": "x"}}),
        ("BulkIn", {"set": {"note": "x"}}),
        ("RuleApplyIn", {"period": "2026-01", "reportId": _LINE}),
        ("RuleIn", {"glCode": "66300", "vendor": "a\0b"}),
        ("SignInRequest", {"code": "a\0b"}),
    ],
)
async def test_the_document_refuses_what_the_route_refuses(
    visitors: Visitors, name: str, body: dict[str, Any]
) -> None:
    """It allowed them, and they were answered with a 400."""
    assert not _allows(await _document(visitors), name, body)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("BulkIn", {"lines": [_SEEN], "set": {"note": None}}),
        ("BulkIn", {"lines": None, "sameVendorAs": _LINE, "set": {"needsReview": False}}),
        ("RuleApplyIn", {"period": "2026-01", "reportId": None}),
        ("RuleApplyIn", {}),
        ("RuleIn", {"glCode": "66300", "vendor": None, "pattern": "a*"}),
    ],
)
async def test_the_document_allows_what_the_route_takes(
    visitors: Visitors, name: str, body: dict[str, Any]
) -> None:
    assert _allows(await _document(visitors), name, body)


def _allows(document: dict[str, Any], name: str, body: dict[str, Any]) -> bool:
    components = {"components": document["components"]}
    return is_valid({**components, "$ref": f"#/components/schemas/{name}"}, body)


async def test_a_form_says_that_it_takes_no_control_characters(visitors: Visitors) -> None:
    document = await _document(visitors)
    for path in ("/api/statements", "/api/statements/preview"):
        body = document["paths"][path]["post"]["requestBody"]["content"]["multipart/form-data"]
        members = body["schema"]["properties"]
        for name in ("account", "currency"):
            assert is_valid(members[name], "Büro")
            assert not is_valid(members[name], "a\x1fb")
        assert is_valid(members["decisions"], {"12": "skip"})
        assert not is_valid(members["decisions"], {"x": "skip"})
        assert is_valid(members["mapping"], {"columns": {"date": ["Datum", 0]}})
        assert not is_valid(members["mapping"], {"columns": {"nobody": 1}})
        assert not is_valid(members["mapping"], {"columns": {"date": "a\0b"}})


async def test_streams_are_told_event_by_event(visitors: Visitors) -> None:
    """The whole was said to be some text, so no client could know what comes."""
    document = await _document(visitors)
    for path, names in (
        ("/api/report-jobs/events", ["snapshot", "job"]),
        ("/api/report-jobs/{job_id}/events", ["job"]),
    ):
        content = document["paths"][path]["get"]["responses"]["200"]["content"]
        event = content["text/event-stream"]["itemSchema"]["properties"]
        assert event["event"]["enum"] == names
        assert "ReportJobOut" in str(event["data"]["contentSchema"])


async def test_the_docs_show_members_and_write_code_as_code(visitors: Visitors) -> None:
    page = (await visitors.anonymous().get("/docs")).text
    assert "`" not in page
    for member in ("period", "glCode", "acceptUnreviewed", "excluded", "file", "currency", "code"):
        assert f"<code>{member}</code>" in page
    assert "<code>Idempotency-Key</code>" in page
    assert "<code>line-changed</code>: The line was changed since you saw it." in page
