"""The visitors of these tests, and a server that answers them over a socket."""

from collections.abc import AsyncIterator

import pytest
from tests.support.identity import Visitors, visitors
from tests.support.streams import Server, serving

from expenseflow.infra.db import Database

__all__ = ["visitors"]


@pytest.fixture
async def server(db: Database) -> AsyncIterator[Server]:
    visitors = Visitors(db, announces=True)
    async with serving(visitors) as one:
        yield one
    await visitors.close()
