"""Where benchmarks run: a PostgreSQL with fsync, real processes over it, people, their months."""

import asyncio
import itertools
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
from tests.support import database as databases
from tests.support.processes import Process, Stack

from benchmarks.production.site import Site, site
from expenseflow.categorization import service as categorization
from expenseflow.categorization.merchants import merchant_key
from expenseflow.categorization.outcomes import Lesson
from expenseflow.chart import service as charts
from expenseflow.identity import service as identity
from expenseflow.identity.tokens import Signer, load_or_make_key
from expenseflow.infra.db import Database, libpq_url
from expenseflow.infra.embedded_postgres import EmbeddedPostgres
from expenseflow.kit.ids import new_id
from expenseflow.kit.period import first_day

NOW = datetime(2026, 2, 1, tzinfo=UTC)
PERIOD = "2026-01"
EARLIER = "2025-12"
_COLUMNS = (
    "id, user_id, period, posted_on, description, amount, currency, content_hash, occurrence,"
    " created_at"
)
_numbers = itertools.count(1)


@contextmanager
def postgres(folder: Path) -> Generator[str]:
    """The configured test server, or an embedded one that is deleted at the end."""
    configured = os.environ.get(databases.SERVER)
    if configured:
        yield configured
        return
    embedded = EmbeddedPostgres(folder)
    try:
        yield embedded.start()
    finally:
        embedded.discard()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: UUID
    token: str

    def client(self, stack: Stack) -> httpx.Client:
        """Speaks to the API as this person."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=stack.base_url, headers=headers, timeout=60)


class World:
    """A server, and a folder for the logs and keys of the processes."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self._server_url = server_url
        self._folder = folder

    @contextmanager
    def stack(self, **settings: str) -> Generator[Stack]:
        """Processes over a migrated database of their own; all of it goes with the block."""
        folder = self._folder / f"stack-{next(_numbers)}"
        with (
            databases.fresh_database(self._server_url) as url,
            Stack(url, folder, **settings) as stack,
        ):
            yield stack

    @contextmanager
    def site(self, *, base: float, per_token: float = 0.0) -> Generator[Site]:
        """The production-like set, of which nothing has been started yet that is ours."""
        folder = self._folder / f"site-{next(_numbers)}"
        with site(self._server_url, folder, base=base, per_token=per_token) as found:
            yield found


def url_of(stack: Stack) -> str:
    """Its database, as psycopg wants it."""
    return libpq_url(stack.env["EXPENSEFLOW_DATABASE_URL"])


def worker(stack: Stack) -> Process:
    """A worker that has begun to work."""
    process = stack.worker()
    process.printed("worker.started")
    return process


def people(stack: Stack, count: int) -> list[Person]:
    """New people, with the starter chart."""
    return asyncio.run(_people(stack, count))


async def _people(stack: Stack, count: int) -> list[Person]:
    signer = Signer(load_or_make_key(Path(stack.env["EXPENSEFLOW_DATA_DIR"])))
    database = Database(stack.env["EXPENSEFLOW_DATABASE_URL"], pool_size=1)
    now, found = datetime.now(UTC), list[Person]()
    try:
        async with database.transaction() as session:
            await charts.ensure_starter_chart(session)
            for _ in range(count):
                email = f"person{next(_numbers)}@example.com"
                user = await identity.ensure_user(session, email, now=now)
                token = await identity.issue_token(
                    session, user, signer=signer, now=now, lifetime=timedelta(hours=2)
                )
                found.append(Person(user.id, token))
    finally:
        await database.close()
    return found


def merchants(count: int) -> list[str]:
    """So many merchants that no starter rule knows."""
    letters = [chr(65 + at) for at in range(26)]
    names = itertools.product(letters, repeat=4)
    return [f"QZ{''.join(name)} HOLDINGS" for name in itertools.islice(names, count)]


def add_month(
    stack: Stack, person: Person, descriptions: Sequence[str], *, period: str = PERIOD
) -> list[UUID]:
    """A transaction for each description, past the import; their ids."""
    ids = [new_id() for _ in descriptions]
    with (
        psycopg.connect(url_of(stack)) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY transactions ({_COLUMNS}) FROM STDIN".encode()) as copy,
    ):
        for at, (line, text) in enumerate(zip(ids, descriptions, strict=True)):
            day = first_day(period) + timedelta(days=at % 28)
            amount = Decimal(1000 + at) / 100
            copy.write_row((line, person.id, period, day, text, amount, "USD", line.hex, 1, NOW))
    return ids


def teach(stack: Stack, person: Person, descriptions: Sequence[str]) -> None:
    """Let memory know these merchants, from the month before."""
    ids = add_month(stack, person, descriptions, period=EARLIER)
    asyncio.run(_teach(stack, person, ids, descriptions))


async def _teach(
    stack: Stack, person: Person, ids: Sequence[UUID], descriptions: Sequence[str]
) -> None:
    lessons = [
        Lesson(line, merchant_key(text), "60100", "07", "A vendor", "Office supplies")
        for line, text in zip(ids, descriptions, strict=True)
    ]
    database = Database(stack.env["EXPENSEFLOW_DATABASE_URL"], pool_size=1)
    try:
        async with database.transaction() as session:
            await categorization.teach(session, person.id, lessons, now=NOW)
    finally:
        await database.close()


def rows(stack: Stack, query: str, **values: object) -> list[tuple[object, ...]]:
    """What a query finds."""
    with psycopg.connect(url_of(stack)) as connection:
        return connection.execute(query.encode(), values).fetchall()


def change(stack: Stack, *statements: str) -> None:
    """Do something to the rows that no request does."""
    with psycopg.connect(url_of(stack)) as connection:
        for statement in statements:
            connection.execute(statement.encode())
