"""Requests to the deployment, with nothing but Python's own library."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any, cast

JOBS = "/api/report-jobs"
PATIENCE_SECONDS = 60.0
_LONGEST = 300
Json = dict[str, Any]


class NoAnswer(Exception):
    """Nothing that speaks HTTP answered; the text says what happened."""


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took."""

    status: int
    headers: Message
    body: bytes
    seconds: float

    @property
    def json(self) -> Json:
        """The object in the body; an empty one if there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return cast("Json", found) if isinstance(found, dict) else {}

    @property
    def told(self) -> str:
        """Status and reason in one line."""
        words = self.json.get("detail") or self.body[:_LONGEST].decode(errors="replace")
        return " ".join(f"{self.status} {words}".split())


class _StaysHere(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other: the token goes to nobody else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Server:
    """The deployment, as the user of one token sees it."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._token = token
        self._opener = urllib.request.build_opener(_StaysHere)

    def ask(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        form: tuple[str, bytes] | None = None,
        with_token: bool = True,
    ) -> Answer:
        """The answer, whatever its status; `form` is a content type and a body.

        Raises:
            NoAnswer: there is none.
        """
        begun = time.monotonic()
        kind, data = form or ("application/json", json.dumps(json_body).encode())
        has_body = form is not None or json_body is not None
        request = self._request(
            method, path, with_token=with_token, headers={"Content-Type": kind} if has_body else {}
        )
        request.data = data if has_body else None
        try:
            with self._open(request, PATIENCE_SECONDS) as answer:
                body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(_why(error)) from error
        return Answer(answer.status, answer.headers, body, time.monotonic() - begun)

    def events(self, path: str, *, silent_at_most: float) -> Iterator[Json]:
        """What a stream of server-sent events tells, until it ends or is silent for too long.

        Raises:
            NoAnswer: it cannot be opened, or broke off.
        """
        request = self._request("GET", path, headers={"Accept": "text/event-stream"})
        try:
            with self._open(request, silent_at_most) as stream:
                if stream.status != http.client.OK:
                    raise NoAnswer(f"{path} was answered {stream.status}")
                for line in stream:
                    if line.startswith(b"data:"):
                        yield json.loads(line[len(b"data:") :])
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(_why(error)) from error

    def _request(
        self, method: str, path: str, *, headers: Mapping[str, str], with_token: bool = True
    ) -> urllib.request.Request:
        request = urllib.request.Request(self.base_url + path, method=method, headers=dict(headers))  # noqa: S310  # http(s) only: checked at start
        if with_token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        return request

    def _open(self, request: urllib.request.Request, timeout: float) -> http.client.HTTPResponse:
        try:
            answer: http.client.HTTPResponse = self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            # An answer too; it is read by whoever asked.
            return error  # pyright: ignore[reportReturnType]  # it is an answer too
        return answer


def _why(error: OSError | http.client.HTTPException) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return str(reason) or type(reason).__name__
