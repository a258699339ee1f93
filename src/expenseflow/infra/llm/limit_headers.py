"""What a provider says of its limits: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`.

As OpenAI defines them (platform.openai.com/docs/guides/rate-limits, "Rate limits in headers"):
counts as whole numbers, `reset` as a duration such as `1s`, `6m0s` or `120ms`; gateways also write
plain seconds.
"""

import re
from collections.abc import Mapping
from typing import Final

from expenseflow.infra.llm.retry_after import number
from expenseflow.kit.completions import Allowance, Limits

_LARGEST: Final = 2**31
_LONGEST_S: Final = 86_400.0
_SECONDS: Final = {"d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+")


def limits_in(headers: Mapping[str, str]) -> Limits:
    """What the headers of an answer say; what cannot be read is as good as not said."""
    return Limits(_allowance(headers, "requests"), _allowance(headers, "tokens"))


def _allowance(headers: Mapping[str, str], kind: str) -> Allowance | None:
    limit = _count(headers.get(f"x-ratelimit-limit-{kind}"))
    if not limit:
        return None
    return Allowance(
        limit,
        _count(headers.get(f"x-ratelimit-remaining-{kind}")),
        seconds(headers.get(f"x-ratelimit-reset-{kind}")),
    )


def _count(text: str | None) -> int | None:
    value = number(text)
    return None if value is None or not 0 <= value < _LARGEST else int(value)


def seconds(text: str | None) -> float | None:
    """A duration in seconds: `6m0s` is 360.0; None when it cannot be read."""
    plain = number(text)
    if plain is None and text and _DURATION.fullmatch(text.strip()):
        plain = sum(float(n) * _SECONDS[unit] for n, unit in _PIECE.findall(text))
    return plain if plain is not None and 0 <= plain <= _LONGEST_S else None
