"""The OpenAI-compatible provider behind `kit.completions`; the only place that knows the SDK.

One call is one HTTP request: no retries, no redirects, one deadline for all of it, a bounded body.
Nothing of a request or an answer is logged, and neither is the key.
"""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NoReturn, cast

import httpx2
import openai
from openai.types import shared_params
from openai.types.chat import ChatCompletionMessageParam

from expenseflow.infra.llm.http import http_client
from expenseflow.infra.llm.limit_headers import limits_in
from expenseflow.infra.llm.retry_after import retry_after
from expenseflow.infra.outbound import INSIDE, NotPublic
from expenseflow.kit.addresses import can_be_called
from expenseflow.kit.clock import Clock, SystemClock
from expenseflow.kit.completions import (
    BadAnswer,
    Completion,
    CompletionRequest,
    Faulted,
    Limits,
    ProviderDown,
    ProviderFailure,
    ProviderRefused,
    RateLimited,
    TimedOut,
    Unacceptable,
)

DEFAULT_BASE_URL: Final = "https://api.openai.com/v1"
_CONNECT_TIMEOUT_S: Final = 10.0
_PROBE_TIMEOUT_S: Final = 5.0
_NO_KEY: Final = "none"
"""Local servers want no key; the SDK wants one."""

_NO_ADDRESS: Final = "the address is not one that can be called"
_NO_HEADER: Final = "the key holds characters that no header takes"

# Out of quota or credit: hopeless until a person pays, whatever the status says.
_NO_CREDIT: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
# This very request, whoever sends it again: too long, filtered, malformed in its eyes.
_UNACCEPTABLE: Final = frozenset({400, 413, 422})
_REFUSED: Final = frozenset({401, 402, 403, 404})
_UNAVAILABLE: Final = frozenset({503, 529})
_REQUEST_TIMEOUT: Final = 408
_TOO_MANY: Final = 429
_SERVER_ERRORS: Final = 500
_CLIENT_ERRORS: Final = 400


REQUEST_ID: Final = "X-Request-ID"
Measure = Callable[[str, float], None]
"""Told of each call that ended: how, one of `infra.metrics.work.OUTCOMES`, and its seconds."""


@dataclass(frozen=True, slots=True)
class Reachability:
    """What a cheap question to the provider brought; `detail` is for a person, never a key."""

    reachable: bool
    detail: str


class OpenAICompleter:
    """Calls a chat completions endpoint; every failure is a `ProviderFailure`."""

    def __init__(
        self,
        base_url: str | None,
        api_key: str | None,
        *,
        model: str,
        timeout_s: float = 60.0,
        transport: httpx2.AsyncBaseTransport | None = None,
        public_only: bool = False,
        clock: Clock | None = None,
        measure: Measure | None = None,
    ) -> None:
        self.model = model
        self._measure = measure
        self._timeout_s = timeout_s
        self._clock = clock or SystemClock()
        address = base_url or DEFAULT_BASE_URL
        self._unusable = _why_unusable(address, api_key)
        self._client = openai.AsyncOpenAI(
            base_url=address if self._unusable != _NO_ADDRESS else DEFAULT_BASE_URL,
            api_key=api_key or _NO_KEY,
            max_retries=0,
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S)),
            http_client=http_client(transport, public_only=public_only),
        )

    def __repr__(self) -> str:
        return f"OpenAICompleter(model={self.model!r})"

    async def complete(self, request: CompletionRequest) -> Completion:
        """One chat completion, ended after `timeout_s` however slowly it drips."""
        if self._unusable is not None:
            raise ProviderRefused(self._unusable)
        started = self._clock.monotonic()
        try:
            completion = await self._complete(request)
        except ProviderFailure as failure:
            self._tell(_outcome(failure), started)
            raise
        self._tell("answered", started)
        return completion

    def _tell(self, outcome: str, started: float) -> None:
        if self._measure is not None:
            self._measure(outcome, self._clock.monotonic() - started)

    async def _complete(self, request: CompletionRequest) -> Completion:
        try:
            async with asyncio.timeout(self._timeout_s):
                body, limits = await self._post(request)
        except TimeoutError:
            raise TimedOut(f"no complete answer within {self._timeout_s:g} s") from None
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise self._as_failure(error) from None
        return _read(body, limits)

    async def probe(self) -> Reachability:
        """Whether the provider answers, by asking for its models; costs nothing."""
        if self._unusable is not None:
            return Reachability(reachable=False, detail=self._unusable)
        try:
            async with asyncio.timeout(_PROBE_TIMEOUT_S):
                await self._client.models.with_raw_response.list()
        except TimeoutError:
            return Reachability(reachable=False, detail=f"no answer in {_PROBE_TIMEOUT_S:g} s")
        except openai.APIStatusError as error:
            return _reachability(error.status_code)
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            return Reachability(reachable=False, detail=_cause(error))
        return Reachability(reachable=True, detail="answers")

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.close()

    async def _post(self, request: CompletionRequest) -> tuple[str, Limits]:
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": request.instructions},
            {"role": "user", "content": request.document},
        ]
        answer_format: shared_params.ResponseFormatJSONSchema = {
            "type": "json_schema",
            "json_schema": {"name": "filed_lines", "strict": True, "schema": request.schema},
        }
        named = {REQUEST_ID: request.request_id} if request.request_id else None
        raw = await self._client.chat.completions.with_raw_response.create(
            model=self.model,
            messages=messages,
            response_format=answer_format,
            extra_headers=named,
        )
        return raw.text, limits_in(raw.headers)

    def _as_failure(self, error: Exception) -> ProviderFailure:
        if isinstance(error, openai.APIStatusError):
            failure = self._by_status(error)
            failure.limits = limits_in(error.response.headers)
            return failure
        if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
            return TimedOut()
        if isinstance(bounded := error.__cause__, BadAnswer):
            return bounded
        if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
            return ProviderRefused(INSIDE) if _is_inside(error) else ProviderDown(_cause(error))
        return BadAnswer(type(error).__name__)

    def _by_status(self, error: openai.APIStatusError) -> ProviderFailure:
        status = error.status_code
        wait = retry_after(error.response.headers, now=self._clock.now())
        detail = f"HTTP {status}"
        if status in _REFUSED or error.code in _NO_CREDIT or status < _CLIENT_ERRORS:
            return ProviderRefused(detail)
        if status == _TOO_MANY:
            return RateLimited(detail, retry_after=wait)
        if status == _REQUEST_TIMEOUT:
            return TimedOut(detail)
        if status in _UNAVAILABLE:
            return ProviderDown(detail, retry_after=wait)
        if status >= _SERVER_ERRORS:
            return Faulted(detail, retry_after=wait)
        return Unacceptable(detail) if status in _UNACCEPTABLE else BadAnswer(detail)


def _outcome(failure: ProviderFailure) -> str:
    match failure:
        case RateLimited():
            return "limited"
        case ProviderRefused():
            return "refused"
        case ProviderDown():
            return "down"
        case TimedOut():
            return "timed_out"
        case _:
            return "unusable"


def _why_unusable(address: str, api_key: str | None) -> str | None:
    if not can_be_called(address):
        return _NO_ADDRESS
    key = api_key or ""
    return None if key.isascii() and key.isprintable() else _NO_HEADER


# --- the answer -----------------------------------------------------------------------------


def _read(body: str, limits: Limits) -> Completion:
    """The text and the cost; anything but one finished answer is a `BadAnswer`."""
    try:
        return _finished(body, limits)
    except BadAnswer as wasted:
        wasted.limits = limits
        raise


def _finished(body: str, limits: Limits) -> Completion:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswer("the body is not JSON") from None
    usage = _object(_member(answer, "usage"))
    tokens = _Tokens(_count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))
    choices = _member(answer, "choices")
    if not isinstance(choices, list) or not choices:
        tokens.wasted("there are no choices")
    choice = _object(cast("list[Any]", choices)[0])
    if (reason := choice.get("finish_reason")) not in {"stop", None}:
        tokens.wasted(f"the answer ended early: {str(reason)[:40]}")
    content = _object(choice.get("message")).get("content")
    if not isinstance(content, str) or not content:
        tokens.wasted("there is no content")
    return Completion(content, tokens.prompt, tokens.completion, limits)


@dataclass(frozen=True, slots=True)
class _Tokens:
    prompt: int
    completion: int

    def wasted(self, why: str) -> NoReturn:
        raise BadAnswer(why, prompt_tokens=self.prompt, completion_tokens=self.completion)


def _member(document: object, name: str) -> object:
    return _object(document).get(name)


def _object(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _count(usage: dict[str, Any], name: str) -> int:
    """A plausible number of tokens, else 0: counters must not break on a strange gateway."""
    value = usage.get(name)
    plausible = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return cast("int", value) if plausible else 0


# --- words ----------------------------------------------------------------------------------


def _reachability(status: int) -> Reachability:
    if status in {404, 405, 501}:
        return Reachability(reachable=True, detail="answers, but does not list its models")
    if status in {401, 402, 403}:
        return Reachability(reachable=False, detail=f"refuses the key (HTTP {status})")
    reachable = status == _TOO_MANY
    return Reachability(reachable=reachable, detail=f"answers HTTP {status}")


def _is_inside(error: BaseException) -> bool:
    """No call will get through while the address is what it is."""
    while error.__cause__ is not None:
        error = error.__cause__
    return isinstance(error, NotPublic)


_SECRET_LIKE = re.compile(r"\b(?:sk|key|Bearer)[-_ ]\S+", re.IGNORECASE)


def _cause(error: BaseException) -> str:
    """The innermost reason in a few words (`All connection attempts failed`)."""
    while error.__cause__ is not None:
        error = error.__cause__
    words = _SECRET_LIKE.sub("…", str(error)) or type(error).__name__
    return words[:200]
