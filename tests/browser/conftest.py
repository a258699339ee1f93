"""The real server with its pages, a browser beside it, somebody who uses it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from tests.support import database as databases
from tests.support.browser import chromium as browsers
from tests.support.browser.visitor import Visitor, entering
from tests.support.processes import Stack

_PATIENCE_MS = 20_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all of them: the browser lives in it, from test to test."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def _stack(url: str, folder: Path, **settings: str) -> Stack:
    """One call to the provider at a time: a report moves on as evenly as the test says."""
    return Stack(url, folder, llm_max_concurrency="1", **settings)


@pytest.fixture(scope="session", autouse=True)
def program() -> str:
    """Before anything else is started for nothing."""
    return browsers.need()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(program: str) -> AsyncIterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MS)
    async with browsers.running(program) as browser:
        yield browser


@pytest.fixture(scope="session")
def service(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`expenseflow serve` with a worker, beside the test provider; every test is another person."""
    folder = tmp_path_factory.mktemp("browser")
    with databases.fresh_database(postgres_server) as url, _stack(url, folder) as stack:
        stack.provider()
        stack.api(worker=True)
        yield stack


@pytest.fixture
def own_service(postgres_server: str, tmp_path: Path, unused_tcp_port: int) -> Iterator[Stack]:
    """One to be killed; where it starts again, it is at the same address."""
    with (
        databases.fresh_database(postgres_server) as url,
        _stack(url, tmp_path / "stack", port=str(unused_tcp_port)) as stack,
    ):
        stack.provider()
        stack.api(worker=True)
        yield stack


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(chromium: Browser, service: Stack) -> AsyncIterator[Visitor]:
    service.pace()
    async with entering(chromium, service) as somebody:
        yield somebody
