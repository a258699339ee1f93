"""Charges, a chart, a scripted provider without a socket, and time that runs by itself."""

import asyncio
import json
import selectors
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.categorization import ladder, service
from expenseflow.categorization.merchants import merchant_key
from expenseflow.categorization.outcomes import (
    Answer,
    Charge,
    Lesson,
    Merchant,
    Outcome,
    Settlement,
    Usage,
)
from expenseflow.chart.service import Chart, ChartEntry
from expenseflow.kit.completions import Completion, CompletionRequest

T = TypeVar("T")

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
CHART = Chart(
    accounts=(
        ChartEntry("64100", "Fuel"),
        ChartEntry("65100", "Airfare"),
        ChartEntry("66300", "Meals"),
        ChartEntry("69900", "Miscellaneous"),
        ChartEntry("60000", "Closed Account", active=False),
    ),
    departments=(
        ChartEntry("05", "Sales"),
        ChartEntry("07", "Operations"),
        ChartEntry("99", "Closed", active=False),
    ),
)


def charge(description: str = "SQ *BLUE BOTTLE 0423", **given: Any) -> Charge:
    """One charge; its merchant follows from the description and the sign of the amount."""
    amount = Decimal(given.pop("amount", "6.50"))
    defaults: dict[str, Any] = {
        "transaction_id": uuid.uuid4(),
        "merchant": Merchant(merchant_key(description), 1 if amount >= 0 else -1),
        "description": description,
        "amount": amount,
        "currency": "USD",
        "posted_on": date(2026, 1, 14),
        "source_category": None,
    }
    return Charge(**defaults | given)


def charge_of(merchant: Merchant, **given: Any) -> Charge:
    """One charge of this merchant."""
    return charge("X", amount=str(merchant.sign), merchant=merchant, **given)


def charges(count: int) -> list[Charge]:
    """That many charges of different merchants."""
    return [charge(f"{_letters(number)} TRADING") for number in range(count)]


def _letters(number: int) -> str:
    return "SHOP" + "".join(chr(ord("A") + int(digit)) for digit in str(number))


# --- time that runs by itself ---------------------------------------------------------------


class _Selector(selectors.DefaultSelector):
    """Never waits: says how long the loop wanted to."""

    skipped = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("Everything waits and nothing is left that could wake it")
        self.skipped += max(timeout, 0.0)
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on which an hour takes a millisecond and a deadlock raises."""

    def __init__(self) -> None:
        self._skipping = _Selector()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.skipped


class VirtualClock:
    """The clock of the virtual loop."""

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end under virtual time."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(main)


# --- a provider without a socket ------------------------------------------------------------


@dataclass
class Call:
    """What one call asked for."""

    number: int
    at: float
    request: CompletionRequest

    @property
    def lines(self) -> list[dict[str, Any]]:
        return json.loads(self.request.document)["lines"]

    @property
    def descriptions(self) -> list[str]:
        return [line["description"] for line in self.lines]


Script = Callable[[Call], Awaitable[str]]


@dataclass
class ScriptedCompleter:
    """Answers as the script says and remembers what it was asked."""

    script: Script
    calls: list[Call] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    async def complete(self, request: CompletionRequest) -> Completion:
        call = Call(len(self.calls) + 1, asyncio.get_running_loop().time(), request)
        self.calls.append(call)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            content = await self.script(call)
        finally:
            self.in_flight -= 1
        return Completion(content, prompt_tokens=100, completion_tokens=10)

    @property
    def asked(self) -> Counter[str]:
        return Counter(name for call in self.calls for name in call.descriptions)


def answer_line(number: str, **given: Any) -> dict[str, Any]:
    return {
        "id": number,
        "glCode": "66300",
        "departmentCode": "07",
        "vendor": "Blue Bottle",
        "description": "Coffee",
        "confidence": 0.9,
    } | given


def answers(lines: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"lines": list(lines)})


def good(call: Call) -> str:
    """The answer that was asked for."""
    return answers([answer_line(line["id"]) for line in call.lines])


@dataclass
class Ledger:
    """Collects outcomes; a merchant that is settled twice is an error at once."""

    answered: dict[Merchant, Answer] = field(default_factory=dict)
    given_up: dict[Merchant, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    news: list[Outcome] = field(default_factory=list)

    async def __call__(self, outcome: Outcome) -> None:
        for merchant in (*outcome.answers, *outcome.given_up):
            assert merchant not in self.answered, "answered twice"
            assert merchant not in self.given_up, "given up twice"
        self.answered |= outcome.answers
        self.given_up |= outcome.given_up
        self.news.append(outcome)
        self.usage = Usage(
            **{
                name: getattr(self.usage, name) + getattr(outcome.usage, name)
                for name in Usage.__slots__
            }
        )

    @property
    def settled(self) -> set[Merchant]:
        return {*self.answered, *self.given_up}


# --- in the database ------------------------------------------------------------------------


async def add_user(session: AsyncSession) -> uuid.UUID:
    user_id = uuid.uuid4()
    await session.execute(
        text("INSERT INTO users (id, email, created_at) VALUES (:id, :email, now())"),
        {"id": user_id, "email": f"{user_id}@example.com"},
    )
    return user_id


async def add_transactions(
    session: AsyncSession, user_id: uuid.UUID, count: int
) -> list[uuid.UUID]:
    ids = [uuid.uuid4() for _ in range(count)]
    await session.execute(
        text(
            "INSERT INTO transactions (id, user_id, period, posted_on, description, amount, "
            "currency, content_hash, occurrence, created_at) "
            "SELECT id, :user_id, '2026-01', '2026-01-14', 'X', 1, 'USD', id::text, 1, now() "
            "FROM unnest(CAST(:ids AS uuid[])) AS id"
        ),
        {"user_id": user_id, "ids": ids},
    )
    return ids


def lesson(transaction_id: uuid.UUID, **given: Any) -> Lesson:
    defaults: dict[str, Any] = {
        "transaction_id": transaction_id,
        "merchant_key": "SHELL OIL",
        "gl_code": "64100",
        "department_code": "07",
        "vendor": "Shell",
        "description": None,
    }
    return Lesson(**defaults | given)


async def settle_known(
    session: AsyncSession,
    user_id: uuid.UUID,
    charges: Sequence[Charge],
    *,
    chart: Chart = CHART,
    context: str | None = None,
    now: datetime = NOW,
    simulated: bool = False,
) -> dict[Merchant, Settlement]:
    """What a run settles without asking anybody, as a run does it; by merchant."""
    knowledge = await service.load_knowledge(session, user_id, chart=chart, simulated=simulated)
    merchants = [charge.merchant for charge in charges]
    remembered = await service.remember(
        session, user_id, merchants, chart=chart, context=context, now=now
    )
    settled = ladder.settle_known(charges, knowledge, remembered)
    return {
        charge.merchant: settled[charge.transaction_id]
        for charge in charges
        if charge.transaction_id in settled
    }
