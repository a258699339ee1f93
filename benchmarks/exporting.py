"""A report of 5,000 lines with nasty texts as a file of each format, read back line by line."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID

import httpx
import psycopg
from tests.support.processes import Stack

from benchmarks import export_files, world
from benchmarks.export_files import Line
from benchmarks.measure import Benchmark, Figure
from benchmarks.memory import MEGABYTE, Memory
from benchmarks.world import NOW, PERIOD, Person, World
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id
from expenseflow.kit.period import first_day
from expenseflow.reports import service as reports
from expenseflow.reports.rules import SettledLine

LINES = 5_000
TEXTS = (
    "Coffee {n}",
    "SQ *BLUE BOTTLE {n} OAKLAND CA",
    '=HYPERLINK("http://example.com/{n}")',
    "+{n}",
    "-{n} per cent",
    "@SUM(A{n})",
    '#read("/etc/passwd") {n}',
    "$x_{n}$ *bold* <label> @ref \\ `raw`",
    'A "quoted", text; {n}',
    "Two\nlines {n}",
    "\ttabs\tand {n}",
    "Straße, Šumava, Łódź {n}",
    "Ελλάδα Москва {n}",
    "日本語 {n}",
    "שלום {n}",
    "☕ 👩‍👩‍👧 {n}",
    "zero\u200bwidth {n}",
    "W{n}" * 60,
    "https://example.com/a/very/long/address/without/a/blank/{n}",
    "  blanks  around  {n}  ",
    "0{n}",
)
_CURRENCIES = ("USD", "USD", "USD", "EUR", "JPY", "KWD")
_CARDS = ("1234", "9876", None)
_COLUMNS = (
    "id, user_id, period, posted_on, description, amount, currency, account, content_hash,"
    " occurrence, created_at"
)
_COMPARED: Mapping[str, Callable[[bytes, list[Line]], int]] = {
    "csv": export_files.equal_in_csv,
    "xlsx": export_files.equal_in_xlsx,
    "pdf": export_files.equal_in_pdf,
    "journal-csv": export_files.equal_in_journal,
}


def runs(world_: World, count: int) -> Iterator[Mapping[str, float]]:
    """The same report again and again."""
    with world_.stack() as stack:
        api = stack.api()
        [person] = world.people(stack, 1)
        lines = _charges()
        _store(stack, person, lines)
        report_id = asyncio.run(_report(stack, person, lines))
        _note(stack, lines)
        lines.sort(key=lambda line: (line.posted_on, line.transaction_id))
        with person.client(stack) as client:
            _export(client, report_id, "csv")
            for _ in range(count):
                yield _run(client, report_id, api.popen.pid, lines)


def _run(client: httpx.Client, report_id: UUID, api: int, lines: list[Line]) -> Mapping[str, float]:
    figures: dict[str, float] = {}
    for file_format, equal_in in _COMPARED.items():
        with Memory(api, with_children=True) as memory:
            started = time.perf_counter()
            content = _export(client, report_id, file_format)
            figures[f"{file_format}_seconds"] = time.perf_counter() - started
        figures[f"{file_format}_memory"] = memory.peak
        if file_format == "pdf":
            figures["pdf_size"] = len(content) / MEGABYTE
        figures[f"{file_format}_equal"] = equal_in(content, lines)
    return figures


def _export(client: httpx.Client, report_id: UUID, file_format: str) -> bytes:
    answer = client.get(f"/api/reports/{report_id}/export", params={"format": file_format})
    if answer.status_code != HTTPStatus.OK:
        raise AssertionError(answer.text[:1000])
    return answer.content


def _charges() -> list[Line]:
    return [_charge(n) for n in range(LINES)]


def _charge(n: int) -> Line:
    currency = _CURRENCIES[n % len(_CURRENCIES)]
    decimals = {"JPY": 0, "KWD": 3}.get(currency, 2)
    sign = -1 if n % 13 == 0 else 1
    return Line(
        transaction_id=new_id(),
        posted_on=first_day(PERIOD) + timedelta(days=n % 31),
        original=TEXTS[(n + 5) % len(TEXTS)].format(n=n).strip(),
        description=TEXTS[n % len(TEXTS)].format(n=n).strip(" "),  # as a report keeps it
        vendor=f"Vendor {n % 97}" if n % 3 else None,
        note=TEXTS[(n + 9) % len(TEXTS)].format(n=n) if n % 10 == 0 else None,
        amount=Decimal(sign * (100 + n * 37)).scaleb(-decimals),
        currency=currency,
        gl_code="66300" if n % 2 else "64100",
        department_code="07" if n % 5 else "02",
        needs_review=n % 8 == 0,
        card=_CARDS[n % len(_CARDS)],
    )


def _store(stack: Stack, person: Person, lines: list[Line]) -> None:
    with (
        psycopg.connect(world.url_of(stack)) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY transactions ({_COLUMNS}) FROM STDIN".encode()) as copy,
    ):
        for line in lines:
            id_ = line.transaction_id
            first = (id_, person.id, PERIOD, line.posted_on, line.original, line.amount)
            copy.write_row((*first, line.currency, line.card, id_.hex, 1, NOW))


async def _report(stack: Stack, person: Person, lines: list[Line]) -> UUID:
    settled = [
        SettledLine(
            transaction_id=line.transaction_id,
            tier="model",
            gl_code=line.gl_code,
            department_code=line.department_code,
            vendor=line.vendor,
            description=line.description,
            needs_review=line.needs_review,
            review_reason="Not sure enough" if line.needs_review else None,
        )
        for line in lines
    ]
    database = Database(stack.env["EXPENSEFLOW_DATABASE_URL"], pool_size=1)
    try:
        async with database.transaction() as session:
            return await reports.bring_up_to_date(
                session, person.id, PERIOD, job_id=None, lines=settled, now=NOW
            )
    finally:
        await database.close()


def _note(stack: Stack, lines: list[Line]) -> None:
    with psycopg.connect(world.url_of(stack)) as connection:
        connection.cursor().executemany(
            "UPDATE report_lines SET note = %s WHERE transaction_id = %s",
            [(line.note, line.transaction_id) for line in lines if line.note],
        )


def _figures(file_format: str, name: str, below: float | None = None) -> list[Figure]:
    return [
        Figure(f"{file_format}_seconds", f"{name} of 5,000 lines", below=below),
        Figure(f"{file_format}_memory", "… memory of the API and what it starts, peak", "MB"),
        Figure(f"{file_format}_equal", "… lines equal to the database", "n", at_least=LINES),
    ]


BENCHMARK = Benchmark(
    "export",
    [
        *_figures("csv", "export as CSV"),
        *_figures("xlsx", "export as XLSX"),
        *_figures("pdf", "export as PDF", below=15),
        Figure("pdf_size", "… the file", "MB"),
        *_figures("journal-csv", "export as journal"),
    ],
    runs,
    seconds=180,
)
