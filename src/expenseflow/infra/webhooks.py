"""Tells somebody else's server, signed so that it knows that it was us.

Signature and headers are those of Standard Webhooks:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx2

from expenseflow.infra.outbound import INSIDE, NotPublic, PublicOnly
from expenseflow.kit.webhook_keys import key_of

_SUCCESS = 200


class NotTaken(Exception):
    """The receiver did not answer 2xx; the text says what happened instead, without its address."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where messages go, and the secret both sides know."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    patience: float = 5.0
    """Seconds for all of an exchange."""
    public_only: bool = False
    """Whether a receiver inside our own network is refused."""

    async def post(self, message_id: UUID, message: Mapping[str, Any], *, now: datetime) -> None:
        """Deliver the message; the same id again is the same message again.

        Raises:
            NotTaken: try later.
        """
        body = json.dumps(message)
        headers = signed(self.secret, message_id, body, now=now)
        try:
            status = await self._status(body, headers)
        except TimeoutError:
            raise NotTaken("no answer in time") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            inside = isinstance(error.__cause__, NotPublic)
            raise NotTaken(INSIDE if inside else type(error).__name__) from None
        if not _SUCCESS <= status < _SUCCESS + 100:
            raise NotTaken(f"HTTP {status}")

    async def _status(self, body: str, headers: Mapping[str, str]) -> int:
        """What it was answered with; nobody reads the rest, which may be long or never end."""
        async with (
            asyncio.timeout(self.patience),
            # A redirect would repeat the message somewhere that nobody has named.
            httpx2.AsyncClient(
                transport=PublicOnly() if self.public_only else None,
                timeout=self.patience,
                follow_redirects=False,
            ) as client,
            client.stream("POST", self.url, content=body, headers=headers) as answer,
        ):
            return answer.status_code


def signed(secret: str, message_id: UUID, body: str, *, now: datetime) -> dict[str, str]:
    """The headers of a message."""
    at = str(int(now.timestamp()))
    content = f"{message_id}.{at}.{body}".encode()
    digest = hmac.new(key_of(secret), content, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": str(message_id),
        "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
