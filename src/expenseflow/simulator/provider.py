"""The test provider itself: OpenAI chat completions over a real socket, with a record.

Its calls, its script and its outages can also be reached over HTTP (`/_calls`, `/_script`,
`/_refuse`), so that tests can steer a simulator that is a process of its own.
"""

import asyncio
import json
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, cast

from expenseflow.kit.clock import SystemClock
from expenseflow.simulator import brain
from expenseflow.simulator.behaviour import Asked, Behaviour, Deed, rules_from
from expenseflow.simulator.http import Request, Response, Server

_WELL: Final = Deed("answer")
_LETTERS_A_TOKEN: Final = 4
MODEL: Final = "simulated"


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds until an answer: a base and so much for each token of it, give or take."""

    base: float = 0.0
    per_token: float = 0.0
    jitter: float = 0.0

    def of(self, tokens: int, rng: random.Random) -> float:
        seconds = self.base + self.per_token * tokens
        return seconds * rng.uniform(1 - self.jitter, 1 + self.jitter)


@dataclass(slots=True)
class CallRecord:
    """One call: what was asked, what was done with it, how it ended."""

    number: int
    at: float
    descriptions: tuple[str, ...]
    body: str
    deed: str = "answer"
    status: int | None = None
    """None while it is under way, hangs, or was given up by the client."""
    abandoned: bool = False
    finished_at: float | None = None
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass
class Provider:
    """Answers requests; knows nothing of threads or ports except how to stop listening."""

    behaviours: Sequence[Behaviour] = ()
    latency: Latency = field(default_factory=Latency)
    seed: int = 0
    api_key: str | None = None
    calls: list[CallRecord] = field(default_factory=list[CallRecord])
    asked: Counter[str] = field(default_factory=Counter[str])
    server: Server | None = None

    def __post_init__(self) -> None:
        self._clock = SystemClock()
        self._background: set[asyncio.Task[None]] = set()
        self.restart()

    def restart(self) -> None:
        """Forget all calls; the clock of the script starts again."""
        self._started = self._clock.monotonic()
        self._rng = random.Random(self.seed)  # noqa: S311  # repeatable on purpose
        self.calls.clear()
        self.asked.clear()

    async def handle(self, request: Request) -> Response | None:
        route = (request.method, request.path.partition("?")[0].removeprefix("/v1"))
        match route:
            case ("POST", "/chat/completions"):
                return await self._completion(request)
            case ("GET", "/models"):
                return self._unauthorized(request) or _json({"data": [{"id": MODEL}]})
            case ("GET", "/_calls"):
                return _json({"calls": [asdict(c) for c in self.calls], "asked": self.asked})
            case ("POST", "/_script" | "/_refuse" | "/_reset"):
                return self._steer(route[1], request)
            case _:
                return _error(404, "not_found")

    # --- completions ------------------------------------------------------------------------

    async def _completion(self, request: Request) -> Response | None:
        if refused := self._unauthorized(request):
            return refused
        try:
            document = _document(request.body)
        except (ValueError, KeyError, TypeError, IndexError):
            return _error(400, "invalid_request_error")
        record = self._record(request, document)
        try:
            response = await self._do(record, document)
        except asyncio.CancelledError:
            record.abandoned = True
            raise
        record.status = response.status if response else None
        record.finished_at = self._now()
        return response

    def _record(self, request: Request, document: dict[str, Any]) -> CallRecord:
        descriptions = tuple(str(line["description"]) for line in document["lines"])
        body = request.body.decode()
        record = CallRecord(len(self.calls) + 1, self._now(), descriptions, body)
        self.calls.append(record)
        self.asked.update(descriptions)
        return record

    async def _do(self, record: CallRecord, document: dict[str, Any]) -> Response | None:
        deed = self._decide(record)
        record.deed = deed.name
        if deed.hang:
            await asyncio.Event().wait()
        if deed.reset:
            return None
        if deed.status != _WELL.status:
            return _error(deed.status, deed.code or "simulated", headers=dict(deed.headers))
        body = self._answer(record, document, deed)
        seconds = self.latency.of(record.completion_tokens, self._rng)
        await asyncio.sleep(seconds if deed.latency is None else deed.latency)
        return Response(body=deed.body(body) if deed.body else body, over=deed.over)

    def _decide(self, record: CallRecord) -> Deed:
        asked = Asked(record.number, record.at, record.descriptions, record.body, self._rng)
        decisions = (behaviour.decide(asked) for behaviour in self.behaviours)
        return next((deed for deed in decisions if deed is not None), _WELL)

    def _answer(self, record: CallRecord, document: dict[str, Any], deed: Deed) -> bytes:
        lines = [brain.answer(line, document) for line in document["lines"]]
        if deed.lines is not None and lines:
            lines = deed.lines(lines, self._rng)
        content = json.dumps({"lines": lines}, separators=(",", ":"))
        if deed.content is not None:
            content = deed.content(content)
        record.prompt_tokens = math.ceil(len(record.body) / _LETTERS_A_TOKEN)
        record.completion_tokens = math.ceil(len(content) / _LETTERS_A_TOKEN)
        return json.dumps(_envelope(record, content, deed.finish_reason)).encode()

    def _unauthorized(self, request: Request) -> Response | None:
        expected = f"Bearer {self.api_key}"
        if self.api_key is None or request.headers.get("authorization") == expected:
            return None
        return _error(401, "invalid_api_key")

    def _now(self) -> float:
        return self._clock.monotonic() - self._started

    # --- steering over HTTP -----------------------------------------------------------------

    def _steer(self, route: str, request: Request) -> Response:
        try:
            given = json.loads(request.body or b"{}")
            if route == "/_script":
                self.load(given)
            elif route == "/_refuse":
                self._spawn_outage(float(given["seconds"]))
            else:
                self.restart()
        except (ValueError, KeyError, TypeError) as error:
            return _error(400, str(error))
        return _json({})

    def load(self, script: dict[str, Any]) -> None:
        """`{"rules":[…],"latency":{"base":0.4},"seed":1}`; what is not named stays as it is."""
        if "rules" in script:
            self.behaviours = rules_from(script["rules"])
        if "latency" in script:
            self.latency = Latency(**script["latency"])
        self.seed = int(script.get("seed", self.seed))
        self._started = self._clock.monotonic()
        self._rng = random.Random(self.seed)  # noqa: S311  # repeatable on purpose

    def _spawn_outage(self, seconds: float) -> None:
        task = asyncio.ensure_future(self._outage(seconds))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _outage(self, seconds: float) -> None:
        if self.server is not None:
            await asyncio.sleep(0.05)  # lets the answer to whoever asked for it out first
            await self.server.refuse()
            await asyncio.sleep(seconds)
            await self.server.listen()


def _document(body: bytes) -> dict[str, Any]:
    """The one JSON document in the last user message (outside contract, section 5)."""
    messages = json.loads(body)["messages"]
    last = [message for message in messages if message["role"] == "user"][-1]
    document = json.loads(last["content"])
    if not isinstance(document["lines"], list):
        raise TypeError("lines")
    return cast("dict[str, Any]", document)


def _envelope(record: CallRecord, content: str, finish_reason: str) -> dict[str, Any]:
    return {
        "id": f"simulated-{record.number}",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": content},
                "finish_reason": finish_reason,
            }
        ],
        "usage": {
            "prompt_tokens": record.prompt_tokens,
            "completion_tokens": record.completion_tokens,
            "total_tokens": record.prompt_tokens + record.completion_tokens,
        },
    }


def _json(document: object) -> Response:
    return Response(body=json.dumps(document).encode())


def _error(status: int, code: str, *, headers: dict[str, str] | None = None) -> Response:
    error = {"message": f"simulated {status}", "type": code, "code": code}
    return Response(status, json.dumps({"error": error}).encode(), headers or {})
