"""How the simulator answers a call: what it does (`Deed`), and when (`Behaviour`, `Rule`).

    Simulator(limited(first=3, retry_after="2"), malformed(chance=0.05), hang(contains="POISON"))

The first behaviour that has something to say about a call decides; else it is answered well.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol


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


Lines = list[dict[str, Any]]


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

    def decide(self, asked: Asked) -> Deed | None:
        """The deed if the call meets the conditions."""
        met = (
            self.calls is None or asked.number in self.calls,
            self.first is None or asked.number <= self.first,
            self.after is None or asked.number > self.after,
            self.contains is None or any(self.contains in d for d in asked.descriptions),
            self.since is None or asked.at >= self.since,
            self.until is None or asked.at < self.until,
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


# --- scripts as JSON, for a simulator in a process of its own -------------------------------

DEEDS: Final[dict[str, Callable[..., Rule]]] = {
    "limit": limited, "status": status, "no_credit": no_credit, "hang": hang, "reset": reset,
    "slow": slow, "drip": drip, "malformed": malformed, "truncated": truncated,
    "filtered": filtered, "prose": prose, "missing": missing_ids, "unknown": unknown_ids,
    "doubled": doubled_ids, "foreign": foreign_codes, "bad_confidence": bad_confidence,
    "long_text": long_text, "no_choices": no_choices, "not_json": not_json, "huge": huge,
}  # fmt: skip


def rules_from(script: Sequence[dict[str, Any]]) -> list[Rule]:
    """`[{"do":"limit","retry_after":"2","first":3}]` as rules; raises `ValueError`."""
    return [_rule_from(entry) for entry in script]


def _rule_from(entry: dict[str, Any]) -> Rule:
    given = dict(entry)
    if isinstance(given.get("calls"), list):
        given["calls"] = tuple(given["calls"])
    make = DEEDS.get(given.pop("do", ""))
    if make is None:
        raise ValueError(f"do must be one of {', '.join(DEEDS)}: {json.dumps(entry)}")
    try:
        return make(**given)
    except TypeError as error:
        raise ValueError(f"{error}: {json.dumps(entry)}") from None
