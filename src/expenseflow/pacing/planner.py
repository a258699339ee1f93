"""How many lines a call should hold, so that the whole work is done as early as the limits allow.

Pure. The time to the end for `n` lines at `k` a call, with what is free now, what the windows give
back and when, and a call of k lines taking `a + b k` seconds (design, section 5):

- what fits now leaves now; when that is all of it, the end is the latency of the largest call;
- else the rest leaves as windows let go of earlier calls: windows before the last one carry as much
  as they can, so that the last one has few lines in each of many calls;
- calls that must wait for each other (allowed concurrency) take one latency a round; while the
  allowed concurrency is being found by doubling, rounds double too.

To that comes what a call costs ourselves, and an insurance: a call fails now and then, and a window
that has been used up to its last request makes its lines wait for the next one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

LARGEST_BATCH: Final = 25
CALM_LATENCY_S: Final = 4.0
"""A call should not take longer than this, unless that would make the end later."""
_CALM_COST: Final = 1.05
OWN_SECONDS_A_CALL: Final = 0.008
"""What making and reading one call takes of our own, in one event loop; measured."""
_LATER_COST: Final = 0.1
_MOST_ROUNDS: Final = 12
_SPARE_WANTED: Final = 10
"""Requests that isolating and trying again one bad line takes: five parts, two lines, three."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls take: seconds `a + b k` and tokens `fixed + line k` for k lines."""

    base: float
    per_line: float
    fixed_tokens: float = 0.0
    line_tokens: float = 0.0

    def latency(self, lines: int) -> float:
        """Seconds."""
        return self.base + self.per_line * lines

    def tokens(self, lines: int) -> float:
        return self.fixed_tokens + self.line_tokens * lines


@dataclass(frozen=True, slots=True)
class Room:
    """Calls and tokens that may leave at a moment, seconds from now; None: no limit."""

    after: float
    requests: int | None
    tokens: float | None

    def lines(self, batch: int, cost: Cost) -> int:
        """The most lines that fit, `batch` a call, the last call perhaps smaller."""
        if self.requests is None and self.tokens is None:
            return _ENDLESS
        calls = _ENDLESS if self.requests is None else self.requests
        if self.tokens is None:
            return calls * batch
        whole = min(calls, int(self.tokens // cost.tokens(batch)))
        left = self.tokens - whole * cost.tokens(batch) - cost.fixed_tokens
        rest = 0 if whole == calls or not cost.line_tokens else int(left // cost.line_tokens)
        return whole * batch + max(0, min(rest, batch))

    def calls(self, lines: int, cost: Cost) -> int:
        """The most calls that so many lines can be spread over."""
        calls = lines if self.requests is None else min(lines, self.requests)
        if self.tokens is None or not cost.fixed_tokens:
            return calls
        spare = self.tokens - lines * cost.line_tokens
        return max(0, min(calls, int(spare // cost.fixed_tokens)))


_ENDLESS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Situation:
    """What may leave now, later, and in each window after that."""

    now: Room
    later: Sequence[Room]
    """What windows give back until then of calls made before now, cumulated, soonest first."""
    window: Room
    """What a whole window holds; `after` is its length in seconds."""
    concurrency: int | None = None
    """Calls that may be under way at the same time."""
    under_way: int = 0
    soon: int = 0
    """Those of them that left some time ago and are answered first."""
    growing: bool = False
    """Whether the allowed concurrency doubles with each round of answers."""
    crowded: bool = False
    """Whether others wait behind these lines, so that no call is smaller for their sake."""
    busy: float = 0.0
    """Seconds until the calls under way are likely to have ended: nothing is done before."""
    failing: float = 0.0
    """The share of calls that bring no usable answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Lines in each call that leaves now, and the seconds until everything is done."""

    batch: int
    finish: float
    sparing: bool = False
    """Tokens are short for long: a call should not leave small when a full one can soon."""


def plan(lines: int, cost: Cost, situation: Situation) -> Plan:
    """The batch with the earliest end; a smaller one where that costs next to nothing.

    `lines` is all that waits for this provider, whoever it belongs to.
    """
    if lines <= 0:
        return Plan(1, 0.0)
    if situation.growing:
        return _slow_start(lines, cost, situation)
    most = largest(lines, cost, situation.window.tokens)
    if _lacks_tokens(lines, most, cost, situation):
        return Plan(most, finish(lines, most, cost, situation), sparing=True)
    options = [(_judged(lines, batch, cost, situation), batch) for batch in range(1, most + 1)]
    best = min(options)
    # Where windows must be waited for, what a call does not hold waits for the next one.
    calm = [
        one
        for one in options
        if cost.latency(one[1]) <= CALM_LATENCY_S and situation.now.lines(one[1], cost) >= lines
    ]
    if calm and min(calm)[0] <= best[0] * _CALM_COST:
        best = min(calm)
    return Plan(best[1], finish(lines, best[1], cost, situation))


def largest(lines: int, cost: Cost, tokens: float | None) -> int:
    """The most lines in a call, which must fit into an empty window."""
    fit: float = LARGEST_BATCH
    if tokens is not None and cost.line_tokens:
        fit = max(1, (tokens - cost.fixed_tokens) // cost.line_tokens)
    return int(min(LARGEST_BATCH, lines, fit))


def _lacks_tokens(lines: int, largest: int, cost: Cost, situation: Situation) -> bool:
    """Whether a window's tokens do not do: the prompt's fixed part is then paid seldom.

    Not where a full call takes longer than the window: there its latency decides.
    """
    if situation.now.tokens is None or situation.window.after < cost.latency(largest):
        return False
    whole = _both(situation.now, situation.later[-1]) if situation.later else situation.now
    return lines > whole.lines(largest, cost)


def should_wait(size: int, tokens: float, cost: Cost, situation: Situation) -> bool:
    """Whether a call of `size` lines, for which tokens are short, had better wait for them.

    What lies idle until then, against the fixed part of a smaller call, held for a window.
    """
    needed = cost.tokens(size) - tokens
    for room in situation.later:
        if room.tokens is not None and room.tokens >= needed:
            return tokens * room.after < cost.fixed_tokens * situation.window.after
    return False


def _slow_start(lines: int, cost: Cost, situation: Situation) -> Plan:
    """Small calls first, since the allowed number doubles with each round, the rest in one.

    Where many wait a call of one line is no longer small enough to be free: making and reading
    thousands of them is what takes longest.
    """
    allowed = situation.concurrency or 1
    # Each call under way lets two out when it is answered.
    out = max(1, allowed - situation.under_way + 2 * situation.soon)
    best = Plan(LARGEST_BATCH, math.inf)
    left = lines
    for small in range(_MOST_ROUNDS):
        for batch in range(max(1, math.ceil(left / out)), LARGEST_BATCH + 1):
            calls = math.ceil(left / batch)
            end = small * cost.latency(1) + cost.latency(batch) + OWN_SECONDS_A_CALL * calls
            best = min(best, Plan(1 if small else batch, end), key=lambda plan: plan.finish)
        left -= out
        out = allowed * 2 ** (small + 1)
        if left <= 0:
            break
    return replace(best, finish=max(best.finish, situation.busy))


def finish(lines: int, batch: int, cost: Cost, situation: Situation) -> float:
    """Seconds until so many lines are done when those that leave now go `batch` a call."""
    now = min(lines, situation.now.lines(batch, cost))
    rest = lines - now
    calls = math.ceil(now / batch)
    busy = rounds(calls, situation) * cost.latency(min(batch, max(now, 1))) if now else 0.0
    if rest:
        # Full calls end late where windows are short.
        short = situation.window.after < cost.latency(LARGEST_BATCH)
        carried = {batch, LARGEST_BATCH} if short else {LARGEST_BATCH}
        busy = max(busy, min(_rest(rest, each, cost, situation) for each in carried))
    return max(busy, situation.busy) + OWN_SECONDS_A_CALL * math.ceil(lines / batch)


def rounds(calls: int, situation: Situation) -> int:
    """How many times calls must wait for each other's answers, the first time included."""
    allowed = situation.concurrency
    if allowed is None or calls <= allowed - situation.under_way:
        return 1
    return math.ceil((calls + situation.under_way) / max(1, allowed))


def _judged(lines: int, batch: int, cost: Cost, situation: Situation) -> float:
    end = finish(lines, batch, cost, situation) + _insurance(lines, batch, cost, situation)
    rest = lines - situation.now.lines(batch, cost)
    if rest > 0:
        # Of two plans that end in the same window, the one that leaves less to it.
        held = max(1, situation.window.lines(LARGEST_BATCH, cost))
        end += _LATER_COST * situation.window.after * rest / held
    return end


def _insurance(lines: int, batch: int, cost: Cost, situation: Situation) -> float:
    """Seconds that failing calls are expected to wait for the next window."""
    free = situation.now.requests
    calls = math.ceil(lines / batch)
    if free is None or calls > free or not situation.failing:
        return 0.0
    missing = max(0.0, 1 - (free - calls) / _SPARE_WANTED)
    next_window = situation.later[0].after if situation.later else situation.window.after
    wait = max(0.0, next_window - cost.latency(batch))
    return min(1.0, situation.failing * calls) * missing * wait


def _rest(rest: int, carry: int, cost: Cost, situation: Situation) -> float:
    """When the lines that cannot leave now are done: windows let go again and again.

    Windows before the last one hold `carry` lines in each call.
    """
    first = _last_calls(rest, cost, situation.later, crowded=situation.crowded)
    if first < math.inf:
        return first
    before = -math.inf
    if situation.later:
        rest = max(1, rest - situation.later[-1].lines(carry, cost))
        before = situation.later[-1].after
    cycle = [situation.now, *(_both(situation.now, room) for room in situation.later)]
    if cycle[-1].lines(carry, cost) < 1:
        cycle = [situation.window]
    held = cycle[-1].lines(carry, cost)
    full = (rest - 1) // max(1, held)
    last = _last_calls(rest - full * held, cost, cycle, crowded=situation.crowded)
    if full:
        before = full * situation.window.after + cycle[-1].after
    # Full calls that left shortly before may well end after the small ones that come last.
    return max((1 + full) * situation.window.after + last, before + cost.latency(carry))


def _last_calls(rest: int, cost: Cost, rooms: Sequence[Room], *, crowded: bool) -> float:
    """The earliest end of these lines in one of these rooms, each with all before it; or inf."""
    best = math.inf
    for room in rooms:
        calls = room.calls(rest, cost)
        if crowded:
            calls = min(calls, math.ceil(rest / LARGEST_BATCH))
        if calls and math.ceil(rest / calls) <= LARGEST_BATCH:
            best = min(best, room.after + cost.latency(math.ceil(rest / calls)))
    return best


def _both(one: Room, other: Room) -> Room:
    def added(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a + b

    requests = added(one.requests, other.requests)
    return Room(
        other.after,
        None if requests is None else int(requests),
        added(one.tokens, other.tokens),
    )


def spread(lines: int, batch: int, *, calls_left: float = math.inf) -> list[int]:
    """So many lines in as few calls as `batch` allows, as even as can be.

    Where only some of the calls can leave, those are full: what is left is less then.
    """
    if lines <= 0:
        return []
    calls = math.ceil(lines / batch)
    if calls > calls_left:
        return [batch] * int(calls_left)
    small, larger = divmod(lines, calls)
    return [small + 1] * larger + [small] * (calls - larger)
