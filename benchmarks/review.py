"""How a report of 5,000 lines feels: frames while it is scrolled, keys until they are painted."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playwright.async_api import Browser, Page
from tests.support.browser import chromium
from tests.support.browser.months import finished_report
from tests.support.browser.visitor import entering
from tests.support.processes import Stack

from benchmarks import world
from benchmarks.measure import Benchmark, Figure, percentile
from benchmarks.world import World

LINES, MERCHANTS = 5000, 500
_WHEELS, _WHEEL_PIXELS, _FRAME_SECONDS = 240, 400, 1 / 60
_KEYS = "j" * 60 + "a" * 20 + "k" * 20
_TASKS = "disabled-by-default-devtools.timeline"
_FRAMES = """
() => {
    const gaps = (window.gaps = []);
    let before = performance.now();
    const next = (now) => {
        gaps.push(now - before);
        before = now;
        requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
}
"""
_PAINTED = """
() => {
    const painted = (window.painted = []);
    addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => painted.push(performance.now() - timeStamp);
        port2.postMessage(null);  // after the frame
    }), {capture: true});
}
"""


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """One report for all runs, each time in a fresh browser."""
    with world_.stack() as stack:
        stack.provider()
        stack.api(worker=True)
        for _ in range(count):
            yield asyncio.run(_run(stack))


async def _run(stack: Stack) -> dict[str, float]:
    async with (
        chromium.running(chromium.need()) as browser,
        entering(browser, stack) as visitor,
    ):
        page = await visitor.sign_in()
        await visitor.import_month(world.merchants(MERCHANTS) * (LINES // MERCHANTS))
        report = await finished_report(visitor)
        await page.goto(f"{stack.base_url}/app/reports/{report}?needsReview=false")
        grid = page.get_by_role("grid")
        await grid.wait_for()
        await page.wait_for_function(
            f"() => document.querySelector('[role=grid]').ariaRowCount === '{LINES + 1}'"
        )
        keys = await _type(page)
        gaps, tasks = await _scroll(browser, page)
    return {
        "scroll_frame_p99": percentile(gaps, 99),
        "scroll_frame_max": max(gaps),
        "scroll_task_max": max(tasks),
        "key_p50": percentile(keys, 50),
        "key_max": max(keys),
    }


async def _type(page: Page) -> Sequence[float]:
    """Milliseconds from each key until what it did is painted."""
    await page.evaluate(_PAINTED)
    for at, key in enumerate(_KEYS):
        await page.keyboard.press(key)
        await page.wait_for_function(f"() => window.painted.length > {at}")
    return await page.evaluate("() => window.painted")


async def _scroll(browser: Browser, page: Page) -> tuple[Sequence[float], Sequence[float]]:
    """Milliseconds between frames, and of each task of the page's thread."""
    await page.mouse.move(600, 500)
    await browser.start_tracing(page=page, categories=[_TASKS, "__metadata"])
    await page.evaluate(_FRAMES)
    for _ in range(_WHEELS):
        await page.mouse.wheel(0, _WHEEL_PIXELS)
        await asyncio.sleep(_FRAME_SECONDS)
    gaps = await page.evaluate("() => window.gaps")
    trace = json.loads(await browser.stop_tracing())
    return gaps, _tasks(trace["traceEvents"])


def _tasks(events: Sequence[Mapping[str, Any]]) -> list[float]:
    """How long each one of the busiest renderer's main thread took."""
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    found: dict[tuple[int, int], list[float]] = {thread: [] for thread in threads}
    for event in events:
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) in found:
            found[event["pid"], event["tid"]].append(event.get("dur", 0) / 1000)
    return max(found.values(), key=sum)


BENCHMARK = Benchmark(
    "review",
    [
        Figure("scroll_frame_p99", f"a report of {LINES:,} lines scrolled, frame p99", "ms"),
        Figure("scroll_frame_max", "… the longest frame", "ms", below=50),
        Figure("scroll_task_max", "… the longest task in the trace", "ms", below=50),
        Figure("key_p50", "… a key → painted, p50", "ms"),
        Figure("key_max", f"… the slowest of {len(_KEYS)}", "ms", below=100),
    ],
    runs,
    seconds=180,
)
