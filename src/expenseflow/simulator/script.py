"""What a simulator is told as JSON: how to behave, what to let through, when to be away.

    {"rules": [{"do": "limit", "retry_after": "2", "first": 3}],
     "latency": {"base": 0.4, "per_token": 0.01, "jitter": 0.1}, "seed": 1,
     "limits": {"requests": 10, "window": 10},
     "changes": [{"after_merchants": 1000, "limits": {"requests": 3}}, {"at": 12.5, "limits": {}}],
     "outage": {"seconds": 30}}

What is not named stays as it was, but for changes, which are forgotten. The limits of a change
need only say what becomes different.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeVar

from expenseflow.simulator import behaviour as does
from expenseflow.simulator.behaviour import Behaviour
from expenseflow.simulator.latency import Latency
from expenseflow.simulator.limits import Change, Limits, Slope

T = TypeVar("T")

DEEDS: Final[dict[str, Callable[..., Behaviour]]] = {
    "limit": does.limited, "status": does.status, "no_credit": does.no_credit,
    "hang": does.hang, "once_hang": does.once_hang, "reset": does.reset, "slow": does.slow,
    "drip": does.drip, "malformed": does.malformed, "truncated": does.truncated,
    "filtered": does.filtered, "prose": does.prose, "missing": does.missing_ids,
    "unknown": does.unknown_ids, "doubled": does.doubled_ids, "foreign": does.foreign_codes,
    "bad_confidence": does.bad_confidence, "long_text": does.long_text,
    "no_choices": does.no_choices, "not_json": does.not_json, "huge": does.huge,
    "poisoned": does.poisoned, "obedient": does.obedient,
}  # fmt: skip
_KNOWN: Final = frozenset({"rules", "latency", "seed", "limits", "changes", "outage"})


@dataclass(frozen=True, slots=True)
class Script:
    """A script that has been read; None where it says nothing."""

    rules: list[Behaviour] | None = None
    latency: Latency | None = None
    seed: int | None = None
    limits: Limits | None = None
    changes: tuple[Change, ...] = ()
    outage: float | None = None
    """Seconds during which connections are refused, from the start."""


def read(script: Mapping[str, Any], *, limits: Limits) -> Script:
    """The script, checked; `ValueError` if it cannot be. `limits` are those that hold so far."""
    if unknown := set(script) - _KNOWN:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(_KNOWN)}")
    given = limits_from(script["limits"] or {}) if "limits" in script else None
    return Script(
        rules=rules_from(script["rules"]) if "rules" in script else None,
        latency=_made(Latency, script["latency"]) if "latency" in script else None,
        seed=int(script["seed"]) if "seed" in script else None,
        limits=given,
        changes=_changes(script.get("changes", ()), given or limits),
        outage=_made(_seconds, script["outage"]) if "outage" in script else None,
    )


def rules_from(script: Sequence[Mapping[str, Any]]) -> list[Behaviour]:
    """`[{"do":"limit","retry_after":"2","first":3}]` as behaviours; raises `ValueError`."""
    return [_rule_from(entry) for entry in script]


def limits_from(given: Mapping[str, Any], *, before: Limits | None = None) -> Limits:
    """`{"requests": 10, "window": 10}` as limits; what is not named is as `before`."""
    wanted = {} if before is None else asdict(before)
    wanted |= given
    if isinstance(wanted.get("slope"), Mapping):
        wanted["slope"] = _made(Slope, wanted["slope"])
    return _made(Limits, wanted)


def _seconds(*, seconds: float) -> float:
    return float(seconds)


def _changes(entries: Sequence[Mapping[str, Any]], limits: Limits) -> tuple[Change, ...]:
    found: list[Change] = []
    for entry in entries:
        limits = limits_from(entry.get("limits") or {}, before=limits)
        found.append(_made(Change, {**entry, "limits": limits}))
    return tuple(found)


def _rule_from(entry: Mapping[str, Any]) -> Behaviour:
    given = dict(entry)
    if isinstance(given.get("calls"), list):
        given["calls"] = tuple(given["calls"])
    make = DEEDS.get(given.pop("do", ""))
    if make is None:
        raise ValueError(f"do must be one of {', '.join(DEEDS)}: {json.dumps(entry)}")
    return _made(make, given)


def _made(make: Callable[..., T], given: Mapping[str, Any]) -> T:
    try:
        return make(**given)
    except (TypeError, KeyError) as error:
        raise ValueError(f"{error}: {given}") from None
