"""Headers, queries and bodies that nobody means: never a 5xx, and a refusal is a problem."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest
from hypothesis import strategies as st
from tests.support import streams
from tests.support.fuzz import budget, requests
from tests.support.identity import Visitors
from tests.support.reports import Desk, desk

__all__ = ["desk"]

EXAMPLES = 80
SHARE = 0.2 / 3
JSON = {"Content-Type": "application/json"}
WRITES = (
    ("POST", "/api/report-jobs"), ("POST", "/api/reports/{report}/lines/bulk"),
    ("PATCH", "/api/reports/{report}/lines/{line}"), ("POST", "/api/reports/{report}/submit"),
    ("PATCH", "/api/transactions/{charge}"), ("POST", "/api/rules"), ("PUT", "/api/rules/order"),
    ("POST", "/api/rules/test"), ("POST", "/api/sign-in"),
    ("POST", "/api/reports/{report}/lines/{line}/rule"),
)  # fmt: skip
READS = (
    "/api/report-jobs", "/api/report-jobs/active", "/api/report-jobs/events", "/api/periods",
    "/api/report-jobs/{job}", "/api/report-jobs/{job}/events", "/api/transactions",
    "/api/statements", "/api/reports", "/api/reports/{report}/lines",
    "/api/reports/{report}/export", "/api/rules", "/api/accounts", "/api/me",
)  # fmt: skip


@dataclass(frozen=True)
class Caller:
    """Ann, over a real socket."""

    client: httpx.Client
    ids: Mapping[str, str | UUID]

    def call(self, verb: str, path: str, **what: object) -> None:
        """Fails unless the answer is one that a client can go by."""
        url = path.format(**self.ids)
        answer = self.client.request(verb, url, **what)  # pyright: ignore[reportArgumentType]  # made from the document
        assert answer.status_code < 500, answer.text
        assert answer.headers["x-request-id"]
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["status"] == answer.status_code
            assert problem.keys() >= {"type", "title", "detail", "instance"}


@pytest.fixture
async def caller(visitors: Visitors, desk: Desk) -> AsyncIterator[Caller]:
    job = (await desk.client.post("/api/report-jobs", json={"period": "2026-01"})).json()["id"]
    await desk.client.delete(f"/api/report-jobs/{job}")
    line = (await desk.lines())[0]["id"]
    ids = {"job": job, "report": desk.report_id, "line": line, "charge": desk.charges[0]}
    async with streams.serving(visitors) as server:
        credentials = {"Authorization": f"Bearer {await server.token()}"}
        with httpx.Client(base_url=server.url, headers=credentials, timeout=60) as client:
            yield Caller(client, ids)


async def test_no_header_breaks_it(caller: Caller) -> None:
    def check(path: str, headers: dict[str, bytes], write: tuple[str, str]) -> None:
        named = {name.encode(): value for name, value in headers.items()}
        caller.call("GET", path, headers=named)
        caller.call(*write, headers=named, content=b'{"period":"2026-01"}')

    await asyncio.to_thread(
        budget.fuzz, check, examples=EXAMPLES, share=SHARE,
        path=st.sampled_from(READS), headers=requests.headers, write=st.sampled_from(WRITES),
    )  # fmt: skip


async def test_no_query_breaks_it(caller: Caller) -> None:
    def check(path: str, query: str) -> None:
        caller.call("GET", f"{path}?{query}".replace("{}", ""))

    await asyncio.to_thread(
        budget.fuzz, check, examples=EXAMPLES, share=SHARE,
        path=st.sampled_from(READS), query=requests.queries,
    )  # fmt: skip


async def test_no_body_breaks_it(caller: Caller) -> None:
    def check(write: tuple[str, str], body: bytes) -> None:
        caller.call(*write, content=body, headers={**JSON, "If-Match": '"1"'})

    await asyncio.to_thread(
        budget.fuzz, check, examples=EXAMPLES, share=SHARE,
        write=st.sampled_from(WRITES), body=requests.bodies,
    )  # fmt: skip
