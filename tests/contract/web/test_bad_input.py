"""What bad input gets: problem+json with a 4xx, never a 500, nothing stored, nothing repeated."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import func, select
from tests.support.identity import Visitors

from expenseflow.report_jobs.models import ReportJob
from expenseflow.web.body import JSON_LIMIT

JOBS = "/api/report-jobs"
JSON = {"Content-Type": "application/json"}
CANARY = "k4nar1e"


def _is_problem(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() >= {"type", "title", "status", "detail", "instance"}
    assert problem["status"] == answer.status_code
    assert "Traceback" not in answer.text
    assert CANARY not in answer.text


async def _no_job(visitors: Visitors) -> None:
    async with visitors.parts.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(ReportJob)) == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        "2026-01",
        7,
        {"period": None},
        {"period": 202601},
        {"period": ["2026-01"]},
        {"period": "2026-13"},
        {"period": "2026-00"},
        {"period": "0000-01"},
        {"period": "2026-1"},
        {"period": "26-01"},
        {"period": "٢٠٢٦-٠١"},
        {"period": "２０２６-０１"},
        {"period": "2026-01\n"},
        {"period": "\n2026-01"},
        {"period": " 2026-01"},
        {"period": "2026-01\0"},
        {"period": "2026-01", "userId": CANARY},
        {"period": CANARY},
        {"period": "2026-01", "x\0": 1},
        {"Period": "2026-01"},
    ],
)
async def test_a_wrong_body_is_400(visitors: Visitors, body: object) -> None:
    ann = await visitors.signed_in()
    _is_problem(await ann.post(JOBS, json=body), 400)
    await _no_job(visitors)


async def test_the_mistakes_are_listed_with_their_place(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    answer = await ann.post(JOBS, json={"period": "2026-13", "extra": 1})
    assert [mistake["pointer"] for mistake in answer.json()["errors"]] == ["#/period", "#/extra"]
    answer = await ann.get(JOBS, params={"pageSize": 101})
    assert [mistake["pointer"] for mistake in answer.json()["errors"]] == ["?pageSize"]


@pytest.mark.parametrize("period", ["2026-13", "January", "", 202601, None, "2026-01-05"])
async def test_a_wrong_month_is_told_how_a_month_is_written(
    visitors: Visitors, period: object
) -> None:
    ann = await visitors.signed_in()
    answers = [await ann.post(JOBS, json={"period": period})]
    if isinstance(period, str):
        answers += [
            await ann.get(path, params={"period": period})
            for path in (f"{JOBS}/active", "/api/reports", "/api/transactions")
        ]
    for answer in answers:
        _is_problem(answer, 400)
        [mistake] = answer.json()["errors"]
        assert mistake["detail"] == "This must be a month written YYYY-MM, such as 2026-01."
    missing = await ann.post(JOBS, json={})
    assert missing.json()["errors"] == [{"detail": "This is missing.", "pointer": "#/period"}]


async def test_a_file_under_another_name_is_told_that_the_file_is_missing(
    visitors: Visitors,
) -> None:
    ann = await visitors.signed_in()
    answer = await ann.post("/api/statements", files={"statement": ("a.csv", b"Date,Amount\n")})
    _is_problem(answer, 400)
    assert answer.json()["errors"] == [
        {"detail": "A file is needed.", "pointer": "#/file"},
        {"detail": "There is no such member.", "pointer": "#/statement"},
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b'{"period":"2026-01"',
        b"period=2026-01",
        b'{"period":"2026-01"}{}',
        b'{"period":"\xff\xfe"}',
        b'{"period":"\xc0\x80"}',
        b"\xff\xfe{\x00}\x00",
        '{"period":"2026-01"}'.encode("utf-16"),
        b'{"period":"\\u0000"}',
        b'{"period":"\\ud800"}',
        b'{"period":NaN}',
        b'{"period":Infinity}',
        b'{"period":' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"[" * 900 + b"]" * 900,
        b'{"period":' + b"[" * 400 + b"]" * 400 + b"}",
    ],
)
async def test_a_body_that_is_no_json_is_400(visitors: Visitors, body: bytes) -> None:
    ann = await visitors.signed_in()
    _is_problem(await ann.post(JOBS, content=body, headers=JSON), 400)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/json-patch",
        "application/problem+json",
    ],
)
async def test_another_content_type_is_415(visitors: Visitors, content_type: str | None) -> None:
    ann = await visitors.signed_in()
    headers = {} if content_type is None else {"Content-Type": content_type}
    body = json.dumps({"period": "2026-01"}).encode()
    _is_problem(await ann.post(JOBS, content=body, headers=headers), 415)


async def test_json_with_a_charset_is_json(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = await ann.post(JOBS, content=b'{"period":"2026-01"}', headers=headers)
    assert answer.json()["type"].endswith("/no-transactions")


async def test_json_is_no_upload(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    _is_problem(await ann.post("/api/statements", json={}), 415)


async def test_a_huge_body_is_413_with_and_without_its_length(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    body = b'{"period":"' + b"x" * JSON_LIMIT + b'"}'

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    _is_problem(await ann.post(JOBS, content=body, headers=JSON), 413)
    _is_problem(await ann.post(JOBS, content=chunks(), headers=JSON), 413)


async def test_an_upload_over_the_limit_is_413_with_and_without_its_length(
    visitors: Visitors,
) -> None:
    ann = await visitors.signed_in()
    limit = visitors.parts.settings.max_upload_mb * 1_000_000
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=b"}

    async def endless() -> AsyncIterator[bytes]:
        yield head
        for _ in range(limit // 1_000_000 + 3):
            yield b"x" * 1_000_000

    _is_problem(await ann.post("/api/statements", content=endless(), headers=form), 413)
    declared = {**form, "Content-Length": str(200_000_000)}
    answer = await ann.post("/api/statements", content=head, headers=declared)
    _is_problem(answer, 413)
    told = f"larger than the {visitors.parts.settings.max_upload_mb} MB a file may have"
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=1" + "0" * 30,
        "page=1.5",
        "page=x",
        "page=",
        "page=%D9%A1",
        "pageSize=0",
        "pageSize=101",
        "status=Nope",
        "status=%00",
        "page=1&x=%00",
    ],
)
async def test_a_query_that_cannot_be_is_400(visitors: Visitors, query: str) -> None:
    ann = await visitors.signed_in()
    _is_problem(await ann.get(f"{JOBS}?{query}"), 400)


@pytest.mark.parametrize(
    "identifier",
    [
        CANARY[:0] + "x",
        "1",
        "%00",
        "..",
        "%2e%2e",
        "%ff",
        "x" * 5000,
        "00000000-0000-0000-0000-00000000000g",
    ],
)
async def test_an_id_that_is_no_uuid_is_404(visitors: Visitors, identifier: str) -> None:
    ann = await visitors.signed_in()
    for path in (f"{JOBS}/{identifier}", f"/api/reports/{identifier}/lines"):
        _is_problem(await ann.get(path), 404)


async def test_an_address_nobody_serves_is_404_and_a_method_nobody_takes_405(
    visitors: Visitors,
) -> None:
    ann = await visitors.signed_in()
    for path in ("/nowhere", "/api/nowhere", "/api/me/", "/static/../web.py", "/static/nope"):
        _is_problem(await ann.get(path), 404)
    answer = await ann.put(JOBS, json={})
    _is_problem(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/api/report-jobs/active", "GET, HEAD, OPTIONS"),
        ("/api/report-jobs/events", "GET, HEAD, OPTIONS"),
        ("/api/rules/order", "OPTIONS, PUT"),
        ("/api/rules/test", "OPTIONS, POST"),
        ("/api/statements/preview", "OPTIONS, POST"),
        ("/api/reports/6f1c2a52-2a51-4a51-8a51-9a5160c1f001/lines/bulk", "OPTIONS, POST"),
    ],
)
async def test_a_word_in_the_place_of_an_id_has_methods_of_its_own(
    visitors: Visitors, address: str, allowed: str
) -> None:
    """`DELETE /api/report-jobs/active` was looked up as a job, and Allow named DELETE."""
    ann = await visitors.signed_in()
    answer = await ann.delete(address)
    _is_problem(answer, 405)
    assert answer.headers["allow"] == (await ann.options(address)).headers["allow"] == allowed


async def test_options_says_what_is_possible_and_allows_no_other_origin(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = await ann.options(JOBS, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_head_is_get_without_the_body(visitors: Visitors) -> None:
    ann = await visitors.signed_in()
    head, get = await ann.head("/api/me"), await ann.get("/api/me")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(get.content))
