"""Whatever is asked, each answer is one that the OpenAPI document names, and never a 5xx.

schemathesis makes the calls up from the document: right ones, wrong ones, other methods, no or
broken credentials. `FUZZ_MINUTES=30 make fuzz` goes on for longer, in sequences too.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.support import streams
from tests.support.fuzz import budget, calls
from tests.support.fuzz import world as worlds
from tests.support.fuzz.calls import Run
from tests.support.fuzz.world import World
from tests.support.identity import Visitors
from tests.support.receiver import receiving
from tests.support.streams import Server

from expenseflow.app.openapi import operations
from expenseflow.infra.db import Database

EXAMPLES = "4"
"""For each operation, beside the some 50 of the coverage phase: 20 s in all."""
TRIES = 4
"""For an operation that was called, and refused each time."""


@pytest.fixture
async def visitors(db: Database) -> AsyncIterator[Visitors]:
    """Of an application that has somebody to tell of alerts."""
    with receiving() as receiver:
        those = Visitors(
            db, alert_webhook_url=receiver.url, alert_webhook_secret="whsec_bm9ib2R5IGtub3dz"
        )
        yield those
        await those.close()


@pytest.fixture
async def world(visitors: Visitors) -> World:
    async with streams.serving(visitors, with_worker=True) as server:
        return await worlds.settle(visitors, server.url)


@pytest.fixture
async def server(visitors: Visitors, world: World) -> AsyncIterator[Server]:
    """Without a worker every day, so that some jobs can be cancelled; for longer runs with one."""
    async with streams.serving(visitors, with_worker=budget.minutes() > 0) as running:
        await worlds.leave_waiting(visitors, running.url, world)
        yield running


def _options(seed: int) -> list[str]:
    if budget.minutes():
        return ["--seed", str(seed), "--max-time", str(int(60 * budget.minutes()))]
    return [
        *("--seed", str(seed)),
        *("--phases", "examples,coverage,fuzzing"),
        *("--max-examples", EXAMPLES),
        "--generation-deterministic",
    ]


async def test_every_operation_answers_what_the_document_says(
    server: Server, world: World, tmp_path: Path
) -> None:
    async with httpx.AsyncClient() as client:
        document = (await client.get(f"{server.url}/openapi.json")).json()
    wanted = {(verb.upper(), path) for path, verb, _ in operations(document)}
    seed = budget.a_seed()

    run = await calls.run(server, world, tmp_path, *_options(seed))
    _assert_well(run)
    assert not wanted - run.answered.keys(), "never called"
    if budget.minutes():
        return
    refused = wanted - run.done.keys()
    for luck in range(1, TRIES):  # ids are new in each run, and with them what is made up
        if not refused:
            break
        only = [word for verb, path in refused for word in ("--include-name", f"{verb} {path}")]
        run = await calls.run(server, world, tmp_path, *_options(seed + luck), *only)
        _assert_well(run)
        refused -= run.done.keys()
    assert not refused, "never got past a refusal"


def _assert_well(run: Run) -> None:
    print(run.output, *sorted(run.answers.items()), sep="\n")  # noqa: T201  # shown on failure, and by -s
    assert run.exit_code == 0
    assert not [key for key in run.answers if key[2] >= "500"]
