"""The API as the demo uses it: over HTTP, like anybody else."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Self

import httpx

Json = dict[str, Any]
_PATIENCE = 30.0
_TRIES = 5


class Refused(Exception):
    """The API answered with a problem."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title")))
        self.status = int(problem["status"])
        self.kind = str(problem["type"]).rpartition("/")[2]
        self.problem = problem


class Api:
    """Calls of one signed-in person."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    @classmethod
    @asynccontextmanager
    async def connect(cls, base: str, token: str) -> AsyncGenerator[Self]:
        headers = {"Authorization": f"Bearer {token}"}
        # Never by way of a proxy of the environment: this is our own machine.
        async with httpx.AsyncClient(
            base_url=base, headers=headers, timeout=_PATIENCE, trust_env=False
        ) as client:
            yield cls(client)

    async def import_statement(self, name: str, content: bytes) -> Json:
        return await self._call("POST", "/api/statements", files={"file": (name, content)})

    async def request_job(self, period: str) -> Json:
        return await self._call("POST", "/api/report-jobs", json={"period": period})

    async def job(self, job_id: str) -> Json:
        return await self._call("GET", f"/api/report-jobs/{job_id}")

    async def reports(self, period: str) -> list[Json]:
        return await self._items("/api/reports", {"period": period}, page_size=100)

    async def lines(self, report_id: str) -> list[Json]:
        return await self._items(f"/api/reports/{report_id}/lines", {}, page_size=500)

    async def change_line(self, report_id: str, line: Json, change: Json) -> Json:
        return await self._call(
            "PATCH",
            f"/api/reports/{report_id}/lines/{line['id']}",
            json=change,
            headers={"If-Match": f'"{line["version"]}"'},
        )

    async def submit(self, report_id: str) -> Json:
        return await self._call("POST", f"/api/reports/{report_id}/submit", json={})

    async def account_names(self) -> dict[str, str]:
        found = await self._items("/api/accounts", {}, page_size=100)
        return {account["code"]: account["name"] for account in found}

    async def _items(self, path: str, query: Json, *, page_size: int) -> list[Json]:
        """Every item of a list, page by page."""
        items: list[Json] = []
        while True:
            page = len(items) // page_size + 1
            params = {**query, "page": page, "pageSize": page_size}
            found = await self._call("GET", path, params=params)
            items += found["items"]
            if not found["items"] or len(items) >= found.get("totalCount", 0):
                return items

    async def _call(self, method: str, path: str, **options: Any) -> Json:
        answer = await self._client.request(method, path, **options)
        for _ in range(_TRIES - 1):
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
            # A machine that is busy with something else takes it in a moment.
            await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
            answer = await self._client.request(method, path, **options)
        if answer.is_error:
            raise Refused(answer.json())
        return answer.json()
