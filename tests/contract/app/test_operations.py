"""`/health/*`, `/metrics`, `/openapi.json`, `/docs` (contract, section 2, last rows)."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import text
from tests.support.identity import Visitors

from expenseflow.app import api_words, docs_page
from expenseflow.app.openapi import operations
from expenseflow.app.problems import TABLE
from expenseflow.chart.errors import InvalidChart
from expenseflow.identity.errors import InvalidEmail, NotAuthenticated, TwoCredentials
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
    async with visitors.parts.database.transaction() as session:
        found = await session.scalar(text("SELECT version_num FROM alembic_version"))
        await session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    try:
        answer = await visitors.anonymous().get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"]["migrations"] == "out of date"
        assert "expenseflow migrate" in answer.json()["detail"]
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
            assert "401" in operation["responses"]


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
    everywhere = {NotAuthenticated, TwoCredentials}
    on_the_command_line = {InvalidChart, InvalidEmail}
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
        if parameter["name"] == name
    }
    [form] = forms
    assert all(re.search(form, value) for value in taken)
    assert not any(re.search(form, value) for value in refused)


async def test_the_docs_show_members_and_write_code_as_code(visitors: Visitors) -> None:
    page = (await visitors.anonymous().get("/docs")).text
    assert "`" not in page
    for member in ("period", "glCode", "acceptUnreviewed", "excluded", "file", "currency", "code"):
        assert f"<code>{member}</code>" in page
    assert "<code>Idempotency-Key</code>" in page
    assert "<code>line-changed</code>: The line was changed since you saw it." in page
