"""How soon a person sees it: from the click to progress, from a committed line to the screen."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from playwright.async_api import Page, Route
from tests.support.browser import chromium
from tests.support.browser.visitor import PERIOD, Visitor, entering
from tests.support.processes import Stack

from benchmarks import world
from benchmarks.announced import announced
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import World
from expenseflow.infra.db import Database
from expenseflow.report_jobs.repository import claims, jobs

LINES = 50
STEPS = 60
_EVERY_SECONDS = 0.37
"""Out of step with anything that asks every two seconds."""
_LAST_POLL_SECONDS = 3.0
_ANSWER_SECONDS = 0.4
_MAKE = "Make the report: January 2026"
_WATCH_PROGRESS = """
() => {
    const seen = (window.seen = {});
    document.addEventListener("click", () => (seen.click = performance.now()), {capture: true});
    const look = () => requestAnimationFrame(() => {
        const bar = document.querySelector("[role=progressbar]");
        if (bar === null) return;
        seen.appears ??= performance.now() - seen.click;
        if (Number(bar.getAttribute("aria-valuenow")) > 0) {
            seen.moves ??= performance.now() - seen.click;
        }
    });
    new MutationObserver(look).observe(document.body, {
        subtree: true, childList: true, attributes: true,
    });
}
"""
_WATCH_STEPS = r"""
() => {
    const seen = (window.seen = {});
    const look = () => requestAnimationFrame(() => {
        for (const [, step] of document.body.innerText.matchAll(/\(step (\d+)\)/g)) {
            seen[step] ??= Date.now() / 1000;
        }
    });
    new MutationObserver(look).observe(document.body, {
        subtree: true, childList: true, characterData: true,
    });
}
"""


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """Each run with a browser and people of its own."""
    with world_.stack() as stack:
        stack.provider(base=_ANSWER_SECONDS)
        api = stack.api(worker=True)
        clicks = [asyncio.run(_click(stack)) for _ in range(count)]
        api.kill()
        stack.api()
        for click in clicks:
            live = asyncio.run(_steps(stack, is_live=True))
            polled = asyncio.run(_steps(stack, is_live=False))
            yield {
                "click_appears": click["appears"],
                "click_moves": click["moves"],
                "commit_live_p50": percentile(live, 50),
                "commit_live_p99": percentile(live, 99),
                "commit_polled_p50": percentile(polled, 50),
                "commit_polled_p99": percentile(polled, 99),
            }


async def _click(stack: Stack) -> dict[str, float]:
    async with _at_months(stack) as (_, page):
        await page.get_by_role("button", name=_MAKE).wait_for()
        await page.evaluate(_WATCH_PROGRESS)
        await page.get_by_role("button", name=_MAKE).click()
        await page.wait_for_function("() => window.seen.moves !== undefined")
        return await page.evaluate("() => window.seen")


async def _steps(stack: Stack, *, is_live: bool) -> list[float]:
    """Milliseconds from each commit until it, or a later one, stands on the screen."""
    async with _at_months(stack) as (visitor, page), announced(stack, pool_size=2) as database:
        if not is_live:
            visitor.bears("ERR_FAILED")
            await visitor.context.route("**/api/report-jobs/events", _no_stream)
        job = await visitor.tell("/api/report-jobs", {"period": PERIOD})
        moving = await _Moving.claim(database, UUID(job["id"]))
        await page.reload()
        await page.get_by_role("progressbar").wait_for()
        await page.evaluate(_WATCH_STEPS)
        committed = await moving.go()
        await asyncio.sleep(_LAST_POLL_SECONDS)
        seen = {int(step): at for step, at in (await page.evaluate("() => window.seen")).items()}
    return [_delay(step, at, seen) for step, at in enumerate(committed)]


def _delay(step: int, committed: float, seen: Mapping[int, float]) -> float:
    return 1000 * (min(at for later, at in seen.items() if later >= step) - committed)


@dataclass(frozen=True)
class _Moving:
    """Moves a job on as a worker does."""

    database: Database
    job_id: UUID
    state: int

    @classmethod
    async def claim(cls, database: Database, job_id: UUID) -> "_Moving":
        async with database.transaction() as session:
            await claims.claim(session, job_id)
            state = await jobs.state_of(session, job_id)
        assert state is not None
        return cls(database, job_id, state[1])

    async def go(self) -> Sequence[float]:
        """When each step was committed."""
        committed: list[float] = []
        for step in range(STEPS):
            async with self.database.transaction() as session:
                values = {"waiting_for": f"step {step}"}
                await jobs.progress(session, self.job_id, self.state, values)
            committed.append(time.time())
            await asyncio.sleep(_EVERY_SECONDS)
        return committed


@asynccontextmanager
async def _at_months(stack: Stack) -> AsyncGenerator[tuple[Visitor, Page]]:
    """Somebody new before a month that waits for its report."""
    program = chromium.need()
    async with chromium.running(program) as browser, entering(browser, stack) as visitor:
        page = await visitor.sign_in()
        await visitor.import_month(world.merchants(LINES))
        await page.reload()
        yield visitor, page


async def _no_stream(route: Route) -> None:
    await route.abort()


BENCHMARK = Benchmark(
    "screen",
    [
        Figure("click_appears", f"click → progress of {LINES} lines is shown", "ms", below=1000),
        Figure("click_moves", f"… moves, an answer taking {_ANSWER_SECONDS} s", "ms"),
        Figure("commit_live_p50", "committed line → screen, stream, p50", "ms"),
        Figure("commit_live_p99", "… p99", "ms", below=500),
        Figure("commit_polled_p50", "committed line → screen, no stream, p50", "ms"),
        Figure("commit_polled_p99", "… p99", "ms", below=2500),
    ],
    runs,
    seconds=120,
)
