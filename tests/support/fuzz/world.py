"""What the fuzz finds when it calls: a person's year, made through the API itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from tests.support import factories
from tests.support.identity import Visitors
from tests.support.workers import until

FILE = "EXPENSEFLOW_FUZZ_WORLD"
"""Names the file that holds the world as JSON, for the process that fuzzes."""
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
WAITING = MONTHS[-3:]
"""Their jobs are asked for once nobody does them any more."""
SUBMITTED, KEPT, RETRIED = MONTHS[:3], MONTHS[3:6], MONTHS[6:7]
MERCHANTS = (
    "SHELL OIL 0423", "SQ *BLUE BOTTLE", "UBER *TRIP", "DELTA AIR 0062", "STAPLES 118", "QZX LLC",
)  # fmt: skip
OF_NOBODY = "WXK VENTURES"
"""In a month to be retried: no rule of the world settles it when it is applied."""
PEOPLE = 60
CREDENTIALS = 60
"""Sign-outs and sign-ins that can succeed: each uses one up."""


@dataclass
class World:
    """The names of everything there is, as the hooks look them up."""

    lines: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By report."""
    kept_drafts: list[str] = field(default_factory=list[str])
    """Whose lines are edited; the others may be submitted or thrown away."""
    other_drafts: list[str] = field(default_factory=list[str])
    submitted: list[str] = field(default_factory=list[str])
    retried: list[str] = field(default_factory=list[str])
    """Jobs of a month with lines for a person to look at, whose draft nothing else touches."""
    jobs: list[str] = field(default_factory=list[str])
    others_jobs: list[str] = field(default_factory=list[str])
    """Somebody else's, for an administrator to cancel; Ann's are hers to cancel."""
    transactions: list[str] = field(default_factory=list[str])
    statements: list[str] = field(default_factory=list[str])
    rules: list[str] = field(default_factory=list[str])
    accounts: list[str] = field(default_factory=list[str])
    departments: list[str] = field(default_factory=list[str])
    people: list[str] = field(default_factory=list[str])
    """Who may be disabled, and a third of them deleted."""
    tokens: list[str] = field(default_factory=list[str])
    sign_in_codes: list[str] = field(default_factory=list[str])
    months: list[str] = field(
        default_factory=lambda: [month for month in [*MONTHS, "2024-12"] if month not in RETRIED]
    )
    """Without the one to be retried, which a job that waits would stop."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


async def settle(visitors: Visitors, url: str) -> World:
    """Statements, jobs, reports, rules; needs a worker that does the jobs."""
    async with visitors.parts.database.transaction() as session:
        await factories.a_chart(session)
    world = World()
    token = await visitors.token("ann@example.com")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as ann:
        await _statements(ann, world)
        await _reports(ann, world)
        await _rules(ann, world)
        await _names(ann, world)
    world.people = [str(await visitors.user_id(f"p{n}@example.com")) for n in range(PEOPLE)]
    world.tokens = [await visitors.token("sam@example.com") for _ in range(CREDENTIALS)]
    world.sign_in_codes = [await visitors.code("sam@example.com") for _ in range(CREDENTIALS)]
    return world


def statement(month: str) -> bytes:
    """A month of two lines a merchant, in CSV."""
    rows = [
        f"{month}-{day:02},{name},{day}.{at}5"
        for at, name in enumerate([*MERCHANTS, *([OF_NOBODY] if month in RETRIED else ())])
        for day in (at + 3, at + 15)
    ]
    return "\n".join(["Date,Description,Amount", *rows, ""]).encode()


async def _statements(ann: httpx.AsyncClient, world: World) -> None:
    for month in MONTHS:
        statement_id = await _import(ann, month)
        if month not in RETRIED:  # undone, it would leave nothing to be tried again
            world.statements.append(statement_id)


async def _import(person: httpx.AsyncClient, month: str) -> str:
    files = {"file": (f"{month}.csv", statement(month))}
    answer = await person.post("/api/statements", files=files, data={"account": "4242"})
    return answer.raise_for_status().json()["id"]


async def leave_waiting(visitors: Visitors, url: str, world: World) -> None:
    """Jobs that stay Pending, since the server has no worker; the first to be cancelled."""
    headers = {"Authorization": f"Bearer {await visitors.token('ann@example.com')}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as ann:
        for month in WAITING:
            world.jobs.insert(0, await _a_job(ann, month))
    headers = {"Authorization": f"Bearer {await visitors.token('sam@example.com')}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as sam:
        for month in WAITING:
            await _import(sam, month)
            world.others_jobs.append(await _a_job(sam, month))


async def _a_job(ann: httpx.AsyncClient, month: str) -> str:
    answer = await ann.post("/api/report-jobs", json={"period": month})
    return answer.raise_for_status().json()["id"]


async def _reports(ann: httpx.AsyncClient, world: World) -> None:
    for month in MONTHS[: -len(WAITING)]:
        world.jobs.append(await _a_job(ann, month))
    await asyncio.gather(*(until(_completed(ann, job), seconds=120) for job in world.jobs))
    for report in await _all(ann, "/api/reports"):
        found = await _all(ann, f"/api/reports/{report['id']}/lines")
        world.lines[report["id"]] = [line["id"] for line in found]
        if report["period"] in KEPT:
            world.kept_drafts.append(report["id"])
        elif report["period"] in RETRIED:
            world.retried.append(report["jobId"])
        elif report["period"] not in SUBMITTED:
            world.other_drafts.append(report["id"])
        else:
            world.submitted.append(report["id"])
            path = f"/api/reports/{report['id']}/submit"
            (await ann.post(path, json={"acceptUnreviewed": True})).raise_for_status()


def _completed(ann: httpx.AsyncClient, job: str) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        answer = await ann.get(f"/api/report-jobs/{job}")
        return answer.json()["status"] == "Completed"

    return look


async def _rules(ann: httpx.AsyncClient, world: World) -> None:
    for name in MERCHANTS:
        words = name.partition(" ")[0]
        rule = {"merchantContains": words, "glCode": "66300"}
        answer = await ann.post("/api/rules", json=rule)
        world.rules.append(answer.raise_for_status().json()["id"])


async def _names(ann: httpx.AsyncClient, world: World) -> None:
    world.transactions = [
        one["id"]
        for one in await _all(ann, "/api/transactions")
        if not one["postedOn"].startswith(tuple(RETRIED))
    ]
    world.accounts = [one["code"] for one in await _all(ann, "/api/accounts")]
    world.departments = [one["code"] for one in await _all(ann, "/api/departments")]


async def _all(ann: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    return (await ann.get(path, params={"pageSize": 100})).raise_for_status().json()["items"]
