"""Asking the provider over HTTP: little time, small answers, no redirects.

What is asked for stands in the settings or in the provider's own metadata, never in a token.
"""

import asyncio
import json
import socket
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import httpx

from expenseflow.identity.oidc.shapes import an_object

MAX_BODY: Final = 512_000
PATIENCE_SECONDS: Final = 5.0


class NoAnswer(Exception):
    """The provider could not be asked; the text says why, without addresses or secrets."""


class Refused(Exception):
    """The provider was asked and says no; the text is its error code, if it is one."""


class Fetcher:
    """One HTTP client of a process, opened when it is first needed."""

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    async def get(self, url: str, *, token: str | None = None) -> dict[str, Any]:
        """The JSON object at this address.

        Raises:
            NoAnswer: now.
            Refused: HTTP 4xx.
        """
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self._json(httpx.Request("GET", url, headers=self._headers(headers)))

    async def post_form(
        self, url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """What is answered to a form; with `basic` as this client. Raises what `get` raises."""
        request = httpx.Request("POST", url, data=dict(form), headers=self._headers({}))
        if basic is not None:
            auth = httpx.BasicAuth(*basic)
            request = next(auth.sync_auth_flow(request))
        return await self._json(request)

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _json(self, request: httpx.Request) -> dict[str, Any]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status, body = await self._exchange(request)
        except TimeoutError:
            raise NoAnswer("no answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise NoAnswer(_why(error)) from None
        return _object(status, body)

    async def _exchange(self, request: httpx.Request) -> tuple[int, bytes]:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=PATIENCE_SECONDS, follow_redirects=False)
        answer = await self._client.send(request, stream=True)
        try:
            body = b""
            async for chunk in answer.aiter_raw():  # raw: a packed body hides its size
                body += chunk
                if len(body) > MAX_BODY:
                    raise NoAnswer("the answer is too large")
        finally:
            await answer.aclose()
        return answer.status_code, body

    @staticmethod
    def _headers(more: Mapping[str, str]) -> dict[str, str]:
        return {"Accept": "application/json", "Accept-Encoding": "identity", **more}


def _why(error: BaseException) -> str:
    """In words, by what lies at the bottom of it; they hold no address."""
    name, cause = type(error).__name__, error
    while (below := cause.__cause__ or cause.__context__) is not None:
        cause = below
    if isinstance(cause, ssl.SSLError):
        return f"its certificate, or its TLS, is not accepted ({name})"
    if isinstance(cause, socket.gaierror):
        return f"its name is not known here ({name})"
    if isinstance(cause, ConnectionError):
        return f"nobody answers at its address ({name})"
    return name


def _object(status: int, body: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if httpx.codes.is_client_error(status):
        raise Refused(_code(found) or f"HTTP {status}")
    if status != HTTPStatus.OK:
        raise NoAnswer(f"HTTP {status}")
    answer = an_object(found)
    if answer is None:
        raise NoAnswer("the answer is not a JSON object")
    return answer


def _code(found: Any) -> str | None:
    """The `error` of RFC 6749, if it is such a word: it is logged."""
    code = (an_object(found) or {}).get("error")
    if isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum():
        return code[:60]
    return None
