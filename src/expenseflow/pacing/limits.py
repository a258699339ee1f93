"""What is known of a provider's limits, and how it is learned.

Requests and tokens each have a limit over a sliding window. What is known comes, in this order,
from the settings, from the headers of answers (`x-ratelimit-*`, as OpenAI defines them), or from
rejections: the calls that were admitted until one was rejected, and when the provider wants to be
asked again, tell the size and the length of its window.
"""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from expenseflow.kit.completions import Allowance, Limits
from expenseflow.pacing.log import HORIZON_S, CallLog

Source = Literal["configured", "rate", "assumed", "headers", "learned"]

ASSUMED_WINDOW_S: Final = 10.0
"""A rate given without its window may be enforced over a shorter one than a minute."""
_USUAL_WINDOWS_S: Final = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 3600.0)
_MINUTE: Final = 60.0
_SNAP: Final = 0.05
_FIRST_CALLS: Final = 2
_MARGIN_SHARE: Final = 0.01
_MARGIN_S: Final = 0.15
_LARGEST_MARGIN: Final = 16
_LONGEST_LEARNED_S: Final = 120.0
"""One rejection does not tell of a longer window: what it asks for may be a whim."""
_FORGOTTEN_S: Final = 3600.0
_RAISE_AFTER_WINDOWS: Final = 6
_LONGEST_PATIENCE_WINDOWS: Final = 512


@dataclass(frozen=True, slots=True)
class Window:
    """So many in any `seconds`."""

    amount: int
    seconds: float
    source: Source

    @property
    def per_second(self) -> float:
        return self.amount / self.seconds


@dataclass(slots=True)
class Kind:
    """The limits of one kind, requests or tokens, one per source."""

    windows: dict[Source, Window] = field(default_factory=dict[Source, Window])
    raised_at: float | None = None
    """When a learned limit was last tried higher."""
    raised_from: int = 0
    patience: int = _RAISE_AFTER_WINDOWS
    """Windows without a rejection before a learned limit is tried higher."""
    rejected_at: float = 0.0
    refilling: bool | None = None
    """Whether its headers are those of a bucket; None: it has not shown."""

    @property
    def known(self) -> bool:
        return bool(self.windows)

    @property
    def tightest(self) -> Window | None:
        """The one that allows least in the long run; of equals the shortest."""
        return min(self.windows.values(), key=lambda w: (w.per_second, w.seconds), default=None)

    def put(self, window: Window) -> None:
        """Know this, in place of what the same source said, and of what was only guessed."""
        self.windows[window.source] = window
        if window.source == "headers":
            self.windows.pop("learned", None)
            self.windows.pop("assumed", None)


def configured(per_minute: int | None, *, window: float | None) -> dict[Source, Window]:
    """What the settings say: a rate a minute, and perhaps the window it is enforced over.

    Without a window two limits hold: the rate over a minute, and no more of it at once than
    falls to ten seconds.
    """
    if per_minute is None:
        return {}
    if window is not None:
        return {"configured": _slice(per_minute, window, "configured")}
    return {
        "rate": Window(per_minute, _MINUTE, "rate"),
        "assumed": _slice(per_minute, ASSUMED_WINDOW_S, "assumed"),
    }


def _slice(per_minute: int, window: float, source: Source) -> Window:
    """Never less than one: a rate below one in a window means a longer window."""
    amount = int(per_minute * window / _MINUTE)
    if amount >= 1:
        return Window(amount, window, source)
    return Window(1, _MINUTE / per_minute, source)


# --- from headers ---------------------------------------------------------------------------


def hear(kind: Kind, said: Allowance, log: CallLog, *, answered_at: float, refilling: bool) -> None:
    """Take over what an answer's headers said; `refilling` as `is_refilling` found it."""
    before = kind.windows.get("headers")
    if kind.refilling and _is_window(said):
        kind.refilling, before = False, None
    elif refilling and kind.refilling is None:
        kind.refilling = True
    bucket = refilling and kind.refilling
    seconds = _MINUTE if bucket else _window_of(said, log, answered_at)
    if before is not None and before.amount == said.limit:
        # An answer tells the part of the window that is left: the longest one heard is it.
        seconds = max(before.seconds, seconds or 0.0)
    elif before is not None and (said.reset is None or said.reset <= before.seconds * 1.1):
        seconds = before.seconds
    kind.put(Window(max(1, said.limit), seconds or _MINUTE, "headers"))


def _window_of(said: Allowance, log: CallLog, answered_at: float) -> float | None:
    """Seconds of the window behind a `reset`, None when it does not tell.

    In a sliding or fixed window `reset` is what is left until the latest call leaves it.
    """
    latest = log.latest()
    if said.reset is None or said.reset <= 0 or latest is None:
        return None
    return _snapped(said.reset + max(0.0, answered_at - latest))


def is_refilling(heard: Limits, calls: int) -> bool:
    """Whether these are buckets that refill over a minute (OpenAI's) rather than windows.

    Then `reset` says how long the used part takes. That shows in the first answers (`calls` left
    lately): 1 of 500 requests used and 120 ms to go.
    """
    if calls > _FIRST_CALLS:
        return False
    said = [one for one in (heard.requests, heard.tokens) if one is not None]
    return bool(said) and all(_refills(one) for one in said)


def _refills(said: Allowance) -> bool:
    used = said.limit - (said.limit if said.remaining is None else said.remaining)
    if not used or not said.reset:
        return False
    return abs(said.reset * said.limit / used - _MINUTE) < _MINUTE * 0.1


def _is_window(said: Allowance) -> bool:
    """Whether too much is used for a bucket that is full again so soon."""
    if said.remaining is None or said.reset is None:
        return False
    surely_used = said.limit - said.remaining - 1  # parts of one are rounded
    return said.reset < surely_used * _MINUTE / said.limit * 0.9


def _snapped(seconds: float) -> float:
    near = min(_USUAL_WINDOWS_S, key=lambda usual: abs(usual - seconds))
    return near if abs(near - seconds) <= near * _SNAP else seconds


# --- from rejections ------------------------------------------------------------------------


def learn(kind: Kind, log: CallLog, *, now: float, retry_after: float | None) -> bool:
    """A call was rejected though we knew no better; whether that told us the limit.

    The rejected calls must already be out of the log: what is left was admitted.
    """
    if "headers" in kind.windows:  # the provider itself says it
        return False
    known = kind.windows.get("learned")
    if known is not None and kind.raised_at is not None:
        kind.windows["learned"] = known = replace(known, amount=max(1, kind.raised_from))
        kind.raised_at = None
        kind.patience = min(kind.patience * 2, _LONGEST_PATIENCE_WINDOWS)
    kind.rejected_at = now
    found = _fitting(log, now, retry_after)
    if found is None:
        return False
    if known is not None and found.seconds >= known.seconds and found.amount >= known.amount:
        found = known
    kind.windows["learned"] = found
    assumed = kind.windows.get("assumed")
    if assumed is not None and found.per_second <= assumed.per_second:
        kind.windows.pop("assumed")
    return True


def _fitting(log: CallLog, now: float, retry_after: float | None) -> Window | None:
    """The usual window whose end best fits what the provider said of when to come back."""
    if retry_after is None:
        admitted = log.used(now, HORIZON_S).requests
        return Window(admitted, ASSUMED_WINDOW_S, "learned") if admitted else None
    best: tuple[float, Window] | None = None
    for seconds in (each for each in _USUAL_WINDOWS_S if each <= _LONGEST_LEARNED_S):
        admitted = log.used(now, seconds).requests
        oldest = log.oldest_since(now - seconds)
        if not admitted or oldest is None:
            continue
        # Whole seconds are rounded up, so being asked to wait a little too long is no surprise.
        late = retry_after - (oldest + seconds - now)
        error = late if late >= 0 else -2 * late
        if best is None or error < best[0] - 0.05:
            best = (error, Window(admitted, seconds, "learned"))
    return best[1] if best else None


def raise_learned(kind: Kind, log: CallLog, now: float) -> None:
    """Try a learned limit a little higher after a long time without a rejection."""
    known = kind.windows.get("learned")
    if (
        known is not None
        and kind.rejected_at
        and now - max(kind.rejected_at, kind.raised_at or 0.0) > _FORGOTTEN_S
    ):
        del kind.windows["learned"]
        return
    if known is None or log.used(now, known.seconds).requests < known.amount:
        return
    since = kind.rejected_at if kind.raised_at is None else kind.raised_at
    patience = kind.patience if kind.raised_at is None else 1
    if now - since < patience * known.seconds:
        return
    kind.raised_from = known.amount
    kind.raised_at = now
    kind.windows["learned"] = replace(known, amount=known.amount + max(1, known.amount // 10))


def margin(window: float, doublings: int) -> float:
    """Seconds a call is kept in a window longer than the provider says.

    Calls take different times to arrive, and a limiter that stands exactly at the limit collides.
    """
    return (window * _MARGIN_SHARE + _MARGIN_S) * min(2**doublings, _LARGEST_MARGIN)
