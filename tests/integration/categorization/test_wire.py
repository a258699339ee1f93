"""What goes over the wire, byte by byte: no card number, no address, no name, nobody's id."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.support import factories, workers
from tests.support.categorization import add_transactions, lesson
from tests.support.simulator import completer

from expenseflow.categorization import service
from expenseflow.categorization.merchants import merchant_key
from expenseflow.infra.db import Database
from expenseflow.report_jobs.rules import Status
from expenseflow.simulator.http import Request, Response, Server
from expenseflow.simulator.provider import Provider

EMAIL = "jane.doe+cards@example.com"
CARDS = [
    "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111",
    "4111/1111/1111/1111", "4111*1111*1111*1111", "4111_1111_1111_1111",
    "４１１１１１１１１１１１１１１１",
    "4111 1111-1111.1111", "3782 822463 10005", "378282246310005", "3782-822463-10005",
    "5555555555554444", "6011 0009 9013 9424",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "4111\u200b1111\u200b1111\u200b1111", "٤١١١١١١١١١١١١١١١", "4222222222222",
    "4111—1111—1111—1111",
]  # fmt: skip
ADDRESSES = [
    "jane.doe@example.com", "JANE.DOE@EXAMPLE.COM", "jane.doe＠example.com",
    "jane.doe @ example.com",
    "jane.doe(at)example.com", "jane.doe [at] example [dot] com",
    "jane.doe at example dot com",
    "jane.doe%40example.com", "bob.canary@example.com", "BOB.CANARY@EXAM", "bob_at_example.com",
    "bob.canary at example.com", "mailto:bob.canary@example.com",
]  # fmt: skip
NAMES = [
    "ZELLE TO JANE DOE", "ZELLE FROM DOE, JANE", "VENMO *Jane-Doe", "PAYPAL *JANEDOE",
    "CARD OF J DOE",
    "Ｊａｎｅ Ｄｏｅ", "JÁNE DOÉ", "J A N E D O E",
]  # fmt: skip
KEPT = "SHELL ****1234 OAKLAND"


@dataclass
class Wire:
    """A provider that keeps whole requests as they came over the socket."""

    address: str = ""
    requests: list[Request] = field(default_factory=list)

    @property
    def bodies(self) -> str:
        return "\n".join(request.body.decode() for request in self.requests)

    @property
    def headers(self) -> str:
        return "\n".join(
            f"{name}: {value}"
            for request in self.requests
            for name, value in request.headers.items()
        )

    @property
    def texts(self) -> list[str]:
        """Every text of every line, as a provider reads it."""
        found: list[str] = []
        for request in self.requests:
            document = json.loads(json.loads(request.body)["messages"][-1]["content"])
            for line in document["lines"]:
                found += [line["description"], line["sourceCategory"] or ""]
                found += [past["description"] for past in line["similar"]]
        return found


@asynccontextmanager
async def listening() -> AsyncGenerator[Wire]:
    provider, wire = Provider(), Wire()

    async def keep(request: Request) -> Response | None:
        wire.requests.append(request)
        return await provider.handle(request)

    server = Server(keep, host="127.0.0.1", port=0)
    await server.listen()
    wire.address = f"http://127.0.0.1:{server.port}/v1"
    try:
        yield wire
    finally:
        await server.refuse()


async def _a_month_of(db: Database, *descriptions: str) -> UUID:
    async with db.transaction() as session:
        user = await factories.a_user(session, EMAIL)
        await factories.a_chart(session)
        await factories.some_transactions(session, user, descriptions=descriptions)
    return user


async def _sent(db: Database, user: UUID) -> Wire:
    async with (
        listening() as wire,
        completer(wire.address) as client,
        workers.bench(db, completer=client) as bench,
    ):
        job = await bench.finished(user, await bench.start_job(user))
        assert (job.status, job.failed_lines) == (Status.Completed, 0)
    assert wire.requests
    return wire


def _digits(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text.lower()))


async def test_no_card_number_in_any_spelling(db: Database) -> None:
    user = await _a_month_of(db, KEPT, *(f"SHOP{n:c} {card} X" for n, card in _numbered(CARDS)))
    wire = await _sent(db, user)
    assert KEPT in wire.texts
    assert len(wire.texts) >= 2 * len(CARDS)
    for printed in wire.texts:
        assert len(_digits(printed)) <= 4, printed
    for card in CARDS:
        assert card not in wire.bodies


def _numbered(texts: list[str]) -> list[tuple[int, str]]:
    """With a letter apiece, so that each is a merchant of its own."""
    return list(enumerate(texts, start=ord("A")))


async def test_no_address_in_any_spelling(db: Database) -> None:
    user = await _a_month_of(db, *(f"SHOP{n:c} {address}" for n, address in _numbered(ADDRESSES)))
    wire = await _sent(db, user)
    assert len(wire.texts) >= 2 * len(ADDRESSES)
    for printed in wire.texts:
        for canary in ("jane", "doe", "bob", "canary", "exam"):
            assert canary not in _letters(printed), printed


async def test_not_the_own_name_though_the_bank_prints_it(db: Database) -> None:
    user = await _a_month_of(db, *(f"SHOP{n:c} {name}" for n, name in _numbered(NAMES)), "DOE PAST")
    async with db.transaction() as session:
        (filed,) = await add_transactions(session, user, 1)
        taught = lesson(filed, merchant_key=merchant_key("PAST OF JANE DOE"))
        await service.teach(session, user, [taught], now=factories.NOW)
        await session.execute(text("UPDATE transactions SET source_category = 'Doe, Jane'"))
    wire = await _sent(db, user)
    assert "PAST OF #" in wire.texts
    for printed in wire.texts:
        assert "jane" not in _letters(printed), printed
        assert "doe" not in _letters(printed), printed


@pytest.mark.parametrize("part", ["bodies", "headers"])
async def test_nothing_says_whose_charges_they_are(db: Database, part: str) -> None:
    user = await _a_month_of(db, *factories.merchants(12))
    wire = await _sent(db, user)
    sent = getattr(wire, part)
    async with db.transaction() as session:
        ids = await session.scalars(
            text(
                "SELECT id::text FROM users UNION SELECT id::text FROM transactions"
                " UNION SELECT id::text FROM report_generation_jobs"
            )
        )
        for known in [*ids, user.hex, EMAIL, "jane", "example.com"]:
            assert known not in sent


async def test_a_call_has_the_members_of_the_contract_and_no_others(db: Database) -> None:
    wire = await _sent(db, await _a_month_of(db, *factories.merchants(3)))
    for request in wire.requests:
        body = json.loads(request.body)
        assert set(body) == {"model", "messages", "response_format"}
        assert [message["role"] for message in body["messages"]] == ["system", "user"]
        document = json.loads(body["messages"][-1]["content"])
        assert list(document) == ["accounts", "departments", "lines"]
        for line in document["lines"]:
            assert set(line) == {
                "id", "description", "amount", "currency", "postedOn", "sourceCategory", "similar"
            }  # fmt: skip
