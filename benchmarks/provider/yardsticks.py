"""How others would do it, each in a process of its own: JSON in, JSON out (`Wanted`, `Did`).

All of them use the provider's SDK with its own retries and the same wire format as we do.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

import openai
from openai.types import shared_params
from openai.types.chat import ChatCompletionMessageParam

from expenseflow.categorization import prompts
from expenseflow.categorization.merchants import merchant_key
from expenseflow.categorization.outcomes import Charge, Merchant
from expenseflow.chart.service import Chart, starter
from expenseflow.kit.ids import new_id

MERCHANTS_IN_A_CALL: Final = 15
AT_ONCE: Final = 8


class Kind(Enum):
    """Which shape of client."""

    EACH_LINE = "one call per line, eight at a time"
    BY_HAND = "15 merchants per call, all at once"
    IN_A_ROW = "one call per line, one after the other"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A month to be answered."""

    kind: str
    base_url: str
    descriptions: Sequence[str]
    timeout: float
    """Seconds for one call."""
    cap: float
    """Seconds for all of it."""


@dataclass(frozen=True, slots=True)
class Did:
    """What became of it."""

    seconds: float
    lines: int
    done: int
    """Lines that were answered or lost before the cap."""
    lost: int
    """Lines for which no usable answer came, the SDK's retries included."""

    @property
    def is_scaled(self) -> bool:
        """Whether it was capped, so that time and losses are scaled from the share done."""
        return self.done < self.lines

    def scaled(self, figure: float) -> float | None:
        """For all lines; None when there is nothing to scale from."""
        return figure * self.lines / self.done if self.done else None


@dataclass(frozen=True, slots=True)
class _Call:
    charges: Sequence[Charge]
    weights: Sequence[int]
    """Lines of each."""


class _Client:
    def __init__(self, wanted: Wanted) -> None:
        self.done = 0
        self.lost = 0
        self._chart = Chart(
            accounts=tuple(starter("accounts.csv")), departments=tuple(starter("departments.csv"))
        )
        self._sdk = openai.AsyncOpenAI(
            base_url=wanted.base_url, api_key="none", timeout=wanted.timeout
        )

    async def ask(self, call: _Call) -> None:
        """One call; its lines are done afterwards, whatever came."""
        try:
            content = await self._content(call.charges)
        except openai.OpenAIError:
            content = ""
        answers = prompts.read(content, call.charges, chart=self._chart).answers
        for charge, weight in zip(call.charges, call.weights, strict=True):
            self.done += weight
            self.lost += 0 if charge.merchant in answers else weight

    async def _content(self, charges: Sequence[Charge]) -> str:
        request = prompts.request(charges, chart=self._chart, past={})
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": request.instructions},
            {"role": "user", "content": request.document},
        ]
        answer_format: shared_params.ResponseFormatJSONSchema = {
            "type": "json_schema",
            "json_schema": {"name": "filed_lines", "strict": True, "schema": request.schema},
        }
        answer = await self._sdk.chat.completions.create(
            model="simulated", messages=messages, response_format=answer_format
        )
        return answer.choices[0].message.content or ""


async def run(wanted: Wanted) -> Did:
    """All lines, or as many as the cap allows."""
    client, kind = _Client(wanted), Kind[wanted.kind]
    calls = _batches(wanted.descriptions) if kind is Kind.BY_HAND else _singles(wanted.descriptions)
    most = {Kind.EACH_LINE: AT_ONCE, Kind.BY_HAND: len(calls), Kind.IN_A_ROW: 1}[kind]
    slots = asyncio.Semaphore(most)

    async def ask(call: _Call) -> None:
        async with slots:
            await client.ask(call)

    started = time.perf_counter()
    tasks = [asyncio.ensure_future(ask(call)) for call in calls]
    _, left = await asyncio.wait(tasks, timeout=wanted.cap)
    seconds = time.perf_counter() - started
    for task in left:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Did(seconds, len(wanted.descriptions), client.done, client.lost)


def _singles(descriptions: Sequence[str]) -> list[_Call]:
    return [_Call([_charge(description)], [1]) for description in descriptions]


def _batches(descriptions: Sequence[str]) -> list[_Call]:
    counts = Counter(descriptions)
    names = list(counts)
    groups = [
        names[at : at + MERCHANTS_IN_A_CALL] for at in range(0, len(names), MERCHANTS_IN_A_CALL)
    ]
    return [
        _Call([_charge(name) for name in some], [counts[name] for name in some]) for some in groups
    ]


def _charge(description: str) -> Charge:
    return Charge(
        transaction_id=new_id(),
        merchant=Merchant(merchant_key(description), 1),
        description=description,
        amount=Decimal("12.34"),
        currency="USD",
        posted_on=date(2026, 1, 15),
        source_category=None,
    )


def main() -> None:
    """Do what standard input says."""
    wanted = Wanted(**json.load(sys.stdin))
    print(json.dumps(asdict(asyncio.run(run(wanted)))))


if __name__ == "__main__":
    main()
