"""Every row of the table, as data."""

from dataclasses import replace
from typing import Final

from benchmarks import world
from benchmarks.provider.bound import Provider
from benchmarks.provider.scenario import Flagged, Part, Rejected, Scenario, Who, Within

ONE_PERCENT: Final = Rejected(0.01)
FIVE_PERCENT: Final = Rejected(0.05)
NONE: Final = Rejected(0, anyway=0)

SIXTY: Final = Provider(rpm=60, window=10)
HUNDRED_TWENTY: Final = Provider(rpm=120, window=10)
TOKENS_TOO: Final = Provider(rpm=60, tpm=60_000, window=10)

_UNCOUNTED: Final = "refused connections are counted by our own job; nobody else is there to count"

POISON: Final = world.merchants(8)[-1]


def _first_and_later(first: float, later: float) -> tuple[Part, Part]:
    return Part(Who.FIRST, Within(first)), Part(Who.LATER, Within(later))


def _refusing(code: int) -> Scenario:
    return Scenario(
        f"refused-{code}",
        f"HTTP {code}",
        parts=(Part(within=Within(seconds=10), most_calls=5),),
        rules=({"do": "status", "code": code},),
        flagged=Flagged.ALL,
        can_cancel=False,
    )


_POISONED: Final = Scenario(
    "poisoned",
    "one poisoned merchant: its calls come back as garbage, 120/min",
    HUNDRED_TWENTY,
    parts=(Part(within=Within(1, seconds=8)),),
    rules=({"do": "poisoned", "contains": POISON, "how": "malformed"},),
    flagged=Flagged.POISONED,
)


def _otherwise_poisoned(how: str, what: str) -> Scenario:
    return replace(
        _POISONED,
        name=f"poisoned-{how}",
        what=f"… {what}",
        parts=(Part(),),
        rules=({"do": "poisoned", "contains": POISON, "how": how},),
    )


_DOWN: Final = Scenario(
    "down",
    "down for good (connections refused)",
    parts=(Part(within=Within(seconds=135, not_before=115), most_calls=60),),
    outage=100_000,
    flagged=Flagged.ALL,
    hides_calls=True,
    note=_UNCOUNTED,
)

_FALLING: Final = Scenario(
    "falling",
    "2,000 merchants, limit falls from 120 to 20 requests/min half-way",
    HUNDRED_TWENTY,
    falls_to=Provider(rpm=20, window=10),
    parts=(Part(within=Within(1.4)),),
    rejected=FIVE_PERCENT,
    lines=2000,
    merchants=2000,
    note="calls under way when half were answered had left before it fell, hence the ratio",
)

SCENARIOS: Final = (
    Scenario("no-limit", "no limit", parts=_first_and_later(5, 2)),
    Scenario(
        "headers",
        "60 requests/min in 10 s windows, headers",
        SIXTY,
        parts=_first_and_later(1.4, 1.15),
        rejected=ONE_PERCENT,
    ),
    Scenario(
        "configured",
        "… `LLM_RPM` and `LLM_LIMIT_WINDOW_S` given, no headers",
        SIXTY,
        parts=(Part(within=Within(1.15)),),
        rejected=NONE,
        limits={"headers": False},
        environment={"llm_rpm": "60", "llm_limit_window_s": "10"},
    ),
    Scenario(
        "only-rpm",
        "… only `LLM_RPM` given, no headers",
        SIXTY,
        parts=_first_and_later(3.5, 1.25),
        rejected=ONE_PERCENT,
        limits={"headers": False},
        environment={"llm_rpm": "60"},
    ),
    Scenario(
        "unknown",
        "… nothing known, no headers, `Retry-After` only",
        SIXTY,
        parts=_first_and_later(4, 1.5),
        rejected=FIVE_PERCENT,
        limits={"headers": False},
    ),
    Scenario(
        "tokens",
        "60 requests/min and 60,000 tokens/min, 10 s windows",
        TOKENS_TOO,
        parts=(Part(within=Within(1.15)),),
        rejected=ONE_PERCENT,
    ),
    Scenario(
        "only-tokens",
        "10,000 tokens/min, 60 s windows",
        Provider(tpm=10_000),
        parts=(Part(within=Within(1.15)),),
        rejected=ONE_PERCENT,
    ),
    _FALLING,
    replace(
        _FALLING,
        name="falling-by-clock",
        what="… falls after the 20 s in which half of them could be answered",
        falls_by_clock=True,
        note="",
        yardsticks=False,
    ),
    Scenario(
        "faults",
        "5 % HTTP 500, 3 % malformed, 120/min",
        HUNDRED_TWENTY,
        parts=(Part(within=Within(5)),),
        rules=(
            {"do": "status", "code": 500, "chance": 0.05},
            {"do": "malformed", "chance": 0.03},
        ),
    ),
    Scenario(
        "hang",
        "one call hangs (20 s client timeout), 120/min",
        HUNDRED_TWENTY,
        parts=(Part(within=Within(2, seconds=20)),),
        rules=({"do": "hang", "calls": [3]},),
        environment={"llm_timeout_s": "20"},
    ),
    Scenario(
        "outage",
        "down for the first 30 s, 60/min",
        SIXTY,
        parts=(Part(within=Within(1, seconds=36)),),
        outage=30,
        hides_calls=True,
        note=_UNCOUNTED,
    ),
    *(_refusing(code) for code in (401, 403, 404)),
    Scenario(
        "no-key",
        "no key and no address",
        parts=(Part(within=Within(seconds=10), most_calls=5),),
        has_provider=False,
        flagged=Flagged.ALL,
        can_cancel=False,
        yardsticks=False,
    ),
    _DOWN,
    replace(
        _DOWN,
        name="down-503",
        what="… answering 503 for good",
        outage=0,
        rules=({"do": "status", "code": 503},),
        hides_calls=False,
        note="",
    ),
    _POISONED,
    _otherwise_poisoned("refused", "its calls are refused (HTTP 400)"),
    _otherwise_poisoned("error", "its calls are answered 500"),
    Scenario(
        "slow",
        "6 requests/min and 6,000 tokens/min, 60 s windows",
        Provider(rpm=6, tpm=6_000),
        parts=(Part(within=Within(1.2)),),
    ),
    Scenario(
        "four-workers",
        "4 workers, 8 jobs at once (960 merchants), 60/min, 10 s windows",
        SIXTY,
        parts=(Part(within=Within(1.2)),),
        rejected=ONE_PERCENT,
        jobs=8,
        workers=4,
        late_job=2 * SIXTY.window,
        note="each yardstick works on all jobs as one program, which spares it a shared key",
    ),
    Scenario(
        "again",
        "second report, same merchants",
        parts=(Part(shown=False), Part(Who.AGAIN, Within(seconds=1), most_calls=0)),
        can_cancel=False,
        yardsticks=False,
    ),
    Scenario(
        "large",
        "10,000 lines, 3,000 merchants, 500/min, 60 s windows",
        Provider(rpm=500),
        parts=(Part(within=Within(3)),),
        lines=10_000,
        merchants=3000,
        most_memory=300,
    ),
)
