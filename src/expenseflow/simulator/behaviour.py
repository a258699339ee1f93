"""How the simulator answers a call: what it does (`Deed`), and when (`Behaviour`, `Rule`).

    Simulator(limited(first=3, retry_after="2"), malformed(chance=0.05), hang(contains="POISON"))

The first behaviour that has something to say about a call decides; else it is answered well.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, cast


@dataclass(frozen=True, slots=True)
class Asked:
    """What a behaviour may know of a call."""

    number: int
    """From 1."""
    at: float
    """Seconds since the simulator, or its script, started."""
    descriptions: tuple[str, ...]
    body: str
    rng: random.Random = field(compare=False, repr=False)
    lines: Sequence[Mapping[str, Any]] = ()
    """The lines of the document, as they were sent."""
    done: Mapping[str, int] = field(default_factory=dict[str, int])
    """How often each deed, by its name, was done so far."""


Lines = list[dict[str, Any]]
_OUTSIDE_THE_GATE: Final = frozenset({401, 402, 403, 404, 429})


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done with a call."""

    name: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    code: str | None = None
    hang: bool = False
    reset: bool = False
    latency: float | None = None
    over: float = 0.0
    finish_reason: str = "stop"
    lines: Callable[[Lines, random.Random], Lines] | None = None
    content: Callable[[str], str] | None = None
    body: Callable[[bytes], bytes] | None = None

    @property
    def passes_the_gate(self) -> bool:
        """Whether the limits are asked first: not for a call that is turned away before."""
        return not self.reset and self.status not in _OUTSIDE_THE_GATE


class Behaviour(Protocol):
    """Decides about a call, or leaves it to the next behaviour."""

    def decide(self, asked: Asked) -> Deed | None:
        """What to do with it; None: nothing to say."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A deed, and the calls it is done to: all conditions that are given must hold."""

    deed: Deed
    calls: tuple[int, ...] | None = None
    first: int | None = None
    after: int | None = None
    chance: float | None = None
    contains: str | None = None
    since: float | None = None
    until: float | None = None
    times: int | None = None
    """At most so often; calls that the limits keep out do not count."""

    def decide(self, asked: Asked) -> Deed | None:
        """The deed if the call meets the conditions."""
        met = (
            self.calls is None or asked.number in self.calls,
            self.first is None or asked.number <= self.first,
            self.after is None or asked.number > self.after,
            self.contains is None or any(self.contains in d for d in asked.descriptions),
            self.since is None or asked.at >= self.since,
            self.until is None or asked.at < self.until,
            self.times is None or asked.done.get(self.deed.name, 0) < self.times,
            self.chance is None or asked.rng.random() < self.chance,
        )
        return self.deed if all(met) else None


# --- deeds ----------------------------------------------------------------------------------


def limited(*, retry_after: str | None = "1", ms: str | None = None, **when: Any) -> Rule:
    """429, with `Retry-After` in seconds or as a date, or `retry-after-ms`, or neither."""
    headers = {"retry-after": retry_after, "retry-after-ms": ms}
    given = tuple((name, value) for name, value in headers.items() if value is not None)
    return Rule(Deed("limit", 429, given, code="rate_limit_exceeded"), **when)


def status(code: int, *, retry_after: str | None = None, **when: Any) -> Rule:
    """Any other status: 401, 403, 404, 500, 503."""
    headers = (("retry-after", retry_after),) if retry_after else ()
    return Rule(Deed(f"status {code}", code, headers, code="simulated"), **when)


def no_credit(**when: Any) -> Rule:
    """429 that no waiting helps against."""
    return Rule(Deed("no_credit", 429, code="insufficient_quota"), **when)


def hang(**when: Any) -> Rule:
    """Never answers."""
    return Rule(Deed("hang", hang=True), **when)


def once_hang(**when: Any) -> Rule:
    """Exactly one call never answers: the first that meets the conditions and gets in."""
    return hang(times=1, **when)


def reset(**when: Any) -> Rule:
    """Breaks the connection off."""
    return Rule(Deed("reset", reset=True), **when)


def slow(seconds: float, **when: Any) -> Rule:
    """Answers well after that long."""
    return Rule(Deed("slow", latency=seconds), **when)


def drip(seconds: float, **when: Any) -> Rule:
    """Answers at once, but the body takes that long."""
    return Rule(Deed("drip", over=seconds), **when)


def malformed(**when: Any) -> Rule:
    """The content is half a JSON document though the answer says that it is finished."""
    return Rule(Deed("malformed", content=_first_half), **when)


def truncated(**when: Any) -> Rule:
    """Cut off by length, and says so."""
    return Rule(Deed("truncated", finish_reason="length", content=_first_half), **when)


def filtered(**when: Any) -> Rule:
    """Stopped by a content filter."""
    return Rule(Deed("filtered", finish_reason="content_filter", content=_first_half), **when)


def prose(**when: Any) -> Rule:
    """Friendly words around the JSON."""
    return Rule(Deed("prose", content=lambda text: f"Sure! Here it is:\n{text}\nBye"), **when)


def missing_ids(**when: Any) -> Rule:
    """One line is left out."""
    return Rule(Deed("missing", lines=_without_one), **when)


def unknown_ids(**when: Any) -> Rule:
    """A line nobody asked for is added."""
    return Rule(Deed("unknown", lines=lambda lines, _: [*lines, lines[0] | {"id": "999"}]), **when)


def doubled_ids(**when: Any) -> Rule:
    """One line is there twice."""
    return Rule(Deed("doubled", lines=lambda lines, rng: [*lines, rng.choice(lines)]), **when)


def foreign_codes(**when: Any) -> Rule:
    """One line has an account that is not in the list."""
    return Rule(Deed("foreign", lines=_with(glCode="00000")), **when)


def bad_confidence(**when: Any) -> Rule:
    """One line is surer than sure."""
    return Rule(Deed("bad_confidence", lines=_with(confidence=1.5)), **when)


def long_text(**when: Any) -> Rule:
    """One line has a description of a megabyte."""
    return Rule(Deed("long_text", lines=_with(description="x" * 1_000_000)), **when)


def no_choices(**when: Any) -> Rule:
    """An answer without choices."""
    return Rule(Deed("no_choices", body=lambda _: b'{"choices":[]}'), **when)


def not_json(**when: Any) -> Rule:
    """A page of a proxy instead of an answer."""
    return Rule(Deed("not_json", body=lambda _: b"<html>502</html>"), **when)


def huge(**when: Any) -> Rule:
    """A body of 20 MB."""
    return Rule(Deed("huge", body=lambda _: b" " * 20_000_000), **when)


def poisoned(
    contains: str, *, how: Literal["malformed", "refused", "error"] = "malformed", **when: Any
) -> Rule:
    """A merchant that spoils every call it is in: garbage after the full time, or no answer."""
    deed = {
        "malformed": Deed("poisoned", content=lambda text: text[::-1]),
        "refused": Deed("poisoned", 400, code="content_filter"),
        "error": Deed("poisoned", 500, code="server_error"),
    }[how]
    return Rule(deed, contains=contains, **when)


def _first_half(text: str) -> str:
    return text[: len(text) // 2]


def _without_one(lines: Lines, rng: random.Random) -> Lines:
    left_out = rng.randrange(len(lines))
    return [line for at, line in enumerate(lines) if at != left_out]


def _with(**changed: Any) -> Callable[[Lines, random.Random], Lines]:
    def change(lines: Lines, rng: random.Random) -> Lines:
        at = rng.randrange(len(lines))
        return [*lines[:at], lines[at] | changed, *lines[at + 1 :]]

    return change


# --- a model that obeys -----------------------------------------------------------------------

OMIT: Final = "__omit__"
DOUBLE: Final = "__double__"


@dataclass(frozen=True, slots=True)
class Obedient:
    """Follows every order it finds in a text of a line, and for all lines of the call."""

    orders: Mapping[str, Mapping[str, Any]]

    def decide(self, asked: Asked) -> Deed | None:
        """To obey, if any key stands anywhere in the lines; all orders found, one after another."""
        texts = list(_texts(asked.lines))
        found = [order for key, order in self.orders.items() if any(key in text for text in texts)]
        return Deed("obey", lines=_obeying(found)) if found else None


def obedient(orders: Mapping[str, Mapping[str, Any]]) -> Obedient:
    """`{"IGNORE ALL RULES": {"glCode": "99999"}}`; `{OMIT: True}` and `{DOUBLE: True}` too."""
    return Obedient(orders)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in cast("Mapping[str, object]", value).values():
            yield from _texts(member)
    elif isinstance(value, Sequence):
        for member in cast("Sequence[object]", value):
            yield from _texts(member)


def _obeying(orders: Sequence[Mapping[str, Any]]) -> Callable[[Lines, random.Random], Lines]:
    def change(lines: Lines, _: random.Random) -> Lines:
        for order in orders:
            changed = {name: value for name, value in order.items() if name not in (OMIT, DOUBLE)}
            lines = [] if order.get(OMIT) else [line | changed for line in lines]
            lines = [*lines, *lines] if order.get(DOUBLE) else lines
        return lines

    return change
