"""The HTTP client below the SDK: no redirects, no packed bodies, and none larger than answers are.

What is wrong with a body comes up as an error whose cause is a `BadAnswer`.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import Final, cast

import httpx2

from expenseflow.infra.outbound import PublicOnly
from expenseflow.kit.completions import BadAnswer

MAX_BODY: Final = 4_000_000
_MOST_CONNECTIONS: Final = 1024
# How many calls there are at the same time is decided by pacing, not by a pool.
_LIMITS: Final = httpx2.Limits(
    max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_CONNECTIONS
)


def http_client(
    transport: httpx2.AsyncBaseTransport | None, *, public_only: bool = False
) -> httpx2.AsyncClient:
    """A client whose bodies are bounded; it calls nobody inside if it is to be `public_only`.

    Redirects are not followed: a POST would come out as a GET, perhaps somewhere else.
    """
    if public_only:
        transport = PublicOnly(partial(httpx2.AsyncHTTPTransport, limits=_LIMITS))
    return httpx2.AsyncClient(
        transport=transport,
        limits=_LIMITS,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [_bound]},
    )


async def _bound(response: httpx2.Response) -> None:
    """Cut the body off at a size no answer has; packed bodies, which hide theirs, are refused."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise _unreadable("the body is packed though it was not asked for")
    stream = cast("httpx2.AsyncByteStream", response.stream)
    response.stream = _Bounded(stream)


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends in an error when it grows too large."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MAX_BODY:
                raise _unreadable("the body is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Unreadable(httpx2.HTTPError):
    """Comes up through the SDK as it is or as the cause of one of its own errors."""


def _unreadable(why: str) -> _Unreadable:
    error = _Unreadable(why)
    error.__cause__ = BadAnswer(why)
    return error
