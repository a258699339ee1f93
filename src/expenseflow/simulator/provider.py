"""The test provider itself: OpenAI chat completions over a real socket, with a record.

Its calls, its script and its outages can also be reached over HTTP (`/_calls`, `/_summary`,
`/_script`, `/_limits`, `/_refuse`, `/_reset`), so that tests can steer a simulator that is a
process of its own.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from expenseflow.kit.clock import SystemClock
from expenseflow.simulator import limits, script, wire
from expenseflow.simulator.answers import OK, Answer
from expenseflow.simulator.behaviour import Asked, Behaviour, Deed
from expenseflow.simulator.http import Request, Response, Server
from expenseflow.simulator.latency import Latency
from expenseflow.simulator.limits import Change, Limits, Meter
from expenseflow.simulator.records import CallRecord, Ledger
from expenseflow.simulator.script import Script
from expenseflow.simulator.wire import Question

__all__ = ["CallRecord", "Latency", "Provider"]
_WELL: Final = Deed("answer")
_TOO_MANY: Final = 429
_WITH_LIMITS: Final = frozenset({200, 400, 429})
_FAULT: Final = 500
_TELL_FIRST: Final = 0.05
"""Seconds before an outage, so that whoever asked for it gets the answer."""


@dataclass
class Provider:
    """Answers requests; knows nothing of threads or ports except how to stop listening."""

    behaviours: Sequence[Behaviour] = ()
    latency: Latency = field(default_factory=Latency)
    seed: int = 0
    api_key: str | None = None
    limits: Limits = field(default_factory=Limits)
    server: Server | None = None

    def __post_init__(self) -> None:
        self.ledger = Ledger()
        self.meter = Meter(self.limits)
        self._clock = SystemClock()
        self._background: set[asyncio.Task[None]] = set()
        self._changes: list[Change] = []
        self.restart()

    def restart(self) -> None:
        """Forget all calls and what they used up; the clock of the script starts again."""
        self.ledger.clear()
        self.meter.clear()
        self._begin()

    def limit(self, limits: Limits) -> None:
        """From now on let this through; what was admitted so far still counts."""
        self.limits = self.meter.limits = limits

    async def handle(self, request: Request) -> Response | None:
        """Answer, or break off (None)."""
        route = (request.method, request.path.partition("?")[0].removeprefix("/v1"))
        match route:
            case ("POST", "/chat/completions"):
                return await self._completion(request)
            case ("GET", "/models"):
                return self._unauthorized(request) or wire.ok({"data": [{"id": wire.MODEL}]})
            case ("GET", "/_calls"):
                return wire.ok(self._all())
            case ("GET", "/_summary"):
                return wire.ok(self.summary())
            case ("POST", "/_script" | "/_limits" | "/_refuse" | "/_reset"):
                return self._steer(route[1], request)
            case _:
                return wire.error(404, "not_found")

    def summary(self) -> dict[str, Any]:
        """Totals of all calls so far."""
        under_way = {
            "under_way": self.meter.under_way,
            "most_under_way": self.meter.most_under_way,
        }
        return self.ledger.summary() | under_way

    def _all(self) -> dict[str, Any]:
        return {
            "calls": [asdict(call) for call in self.ledger.calls],
            "asked": self.ledger.asked,
            "answered": self.ledger.answered,
            "most_under_way": self.meter.most_under_way,
        }

    # --- completions ------------------------------------------------------------------------

    async def _completion(self, request: Request) -> Response | None:
        if refused := self._unauthorized(request):
            return refused
        try:
            question = wire.read(request.body)
        except (ValueError, KeyError, TypeError, IndexError):
            return wire.error(400, "invalid_request_error")
        record = self.ledger.arrive(self._now(), question.descriptions, request.body.decode())
        record.request_id = request.headers.get("x-request-id")
        self._change()
        deed = self._decide(record, question)
        record.deed = deed.name
        if not deed.passes_the_gate:
            return self._turn_away(record, deed)
        answer = Answer.make(question, deed, self._rng)
        return self._kept_out(record, answer) or await self._carry_out(record, answer)

    def _decide(self, record: CallRecord, question: Question) -> Deed:
        asked = Asked(
            record.number,
            record.at,
            record.descriptions,
            record.body,
            self._rng,
            question.lines,
            self._done,
        )
        decisions = (behaviour.decide(asked) for behaviour in self.behaviours)
        return next((deed for deed in decisions if deed is not None), _WELL)

    def _turn_away(self, record: CallRecord, deed: Deed) -> Response | None:
        self._done[deed.name] += 1
        if deed.reset:
            self.ledger.finish(record, self._now())
            return None
        code = deed.code or "simulated"
        return self._leave(record, wire.error(deed.status, code, headers=dict(deed.headers)))

    def _kept_out(self, record: CallRecord, answer: Answer) -> Response | None:
        """The refusal, if the limits keep it out."""
        now = self._clock.monotonic()
        verdict = self.meter.admit(now, tokens=answer.prompt_tokens + answer.completion_tokens)
        if verdict.admitted:
            return None
        record.deed = "limits"
        if verdict.too_large:
            return self._leave(record, wire.error(400, "request_too_large"))
        style = self.meter.limits.retry_after
        headers = limits.retry_headers(verdict.wait, style, now=self._clock.now())
        return self._leave(record, wire.error(_TOO_MANY, "rate_limit_exceeded", headers=headers))

    async def _carry_out(self, record: CallRecord, answer: Answer) -> Response:
        deed = answer.deed
        self._done[deed.name] += 1
        self.ledger.admit(record, self._now())
        record.prompt_tokens = answer.prompt_tokens
        record.completion_tokens = answer.completion_tokens
        try:
            if deed.hang:
                await asyncio.Event().wait()
            if deed.status == OK:
                seconds = self.latency.of(record.completion_tokens, self._rng)
                await asyncio.sleep(seconds if deed.latency is None else deed.latency)
        except asyncio.CancelledError:
            self._lose(record)
            raise
        if deed.status != OK:
            response = wire.error(deed.status, deed.code or "simulated", headers=dict(deed.headers))
        else:
            response = Response(body=answer.body(record.number), over=deed.over)
        return self._leave(record, response, answered=answer.usable())

    def _leave(
        self, record: CallRecord, response: Response, *, answered: Sequence[str] = ()
    ) -> Response:
        """The answer as it leaves, with what is left by now; told here, before it can be read."""
        record.status = response.status
        record.rejected = response.status == _TOO_MANY
        self.ledger.finish(record, self._now(), answered=answered)
        self._change()
        if response.status in _WITH_LIMITS or response.status >= _FAULT:
            response.headers.update(self.meter.headers(self._clock.monotonic()))
        response.ended = self._ending(record)
        return response

    def _ending(self, record: CallRecord) -> Callable[[bool], None]:
        def ended(sent: bool) -> None:  # noqa: FBT001  # a callback
            if not sent:
                self._lose(record)
                return
            record.finished_at = self._now()
            if record.admitted_at is not None:
                self.meter.end()

        return ended

    def _lose(self, record: CallRecord) -> None:
        # Cut by an outage of ours: no sign that the client gave up.
        by_client = self.server is None or self.server.is_listening
        self.ledger.lose(record, self._now(), by_client=by_client)
        if record.admitted_at is not None:
            self.meter.end()

    def _unauthorized(self, request: Request) -> Response | None:
        expected = f"Bearer {self.api_key}"
        if self.api_key is None or request.headers.get("authorization") == expected:
            return None
        return wire.error(401, "invalid_api_key")

    def _change(self) -> None:
        """Bring in the changes of the limits that are due."""
        if self._changes:
            merchants, at = len(self.ledger.answered), self._now()
            due = [each for each in self._changes if each.is_due(merchants=merchants, at=at)]
            for change in due:
                self._changes.remove(change)
                self.limit(change.limits)

    def _now(self) -> float:
        return self._clock.monotonic() - self._started

    # --- steering ---------------------------------------------------------------------------

    def _steer(self, route: str, request: Request) -> Response:
        try:
            given = json.loads(request.body or b"{}")
            match route:
                case "/_script":
                    self._play(given)
                case "/_limits":
                    self.limit(script.limits_from(given))
                case "/_refuse":
                    self.be_away_soon(float(given["seconds"]))
                case _:
                    self.restart()
        except (ValueError, KeyError, TypeError) as error:
            return wire.error(400, str(error))
        return wire.ok({})

    def _play(self, given: Mapping[str, Any]) -> None:
        seconds = self.load(given).outage
        if seconds is not None:
            self.be_away_soon(seconds)

    def load(self, given: Mapping[str, Any]) -> Script:
        """Follow this script (`script.read`) from now on; an outage is left to the caller."""
        found = script.read(given, limits=self.limits)
        self.behaviours = self.behaviours if found.rules is None else found.rules
        self.latency = found.latency or self.latency
        self.seed = self.seed if found.seed is None else found.seed
        if found.limits is not None:
            self.limit(found.limits)
        self._begin()
        self._changes = list(found.changes)
        return found

    def _begin(self) -> None:
        self._started = self._clock.monotonic()
        self._rng = random.Random(self.seed)  # noqa: S311  # repeatable on purpose
        self._done = Counter[str]()

    def be_away_soon(self, seconds: float, *, lead: float = _TELL_FIRST) -> None:
        """After `lead` seconds refuse connections for that long, then listen again."""
        if self.server is not None:
            task = asyncio.ensure_future(_be_away(self.server, seconds, lead))
            self._background.add(task)
            task.add_done_callback(self._background.discard)


async def _be_away(server: Server, seconds: float, lead: float) -> None:
    await asyncio.sleep(lead)
    await server.refuse()
    await asyncio.sleep(seconds)
    await server.listen()
