"""Reading a signed token (JWS, compact form) before anything is believed; pure, and strict.

There is one way to write each token: no padding, no bits left over in Base64, no member twice. Two
readers can then not disagree about what it says.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from expenseflow.identity.oidc.shapes import an_object

MAX_TOKEN: Final = 16_384
_BASE64 = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PARTS: Final = 3


class Unreadable(ValueError):
    """It is not a signed token, or not written as it should be."""


@dataclass(frozen=True, slots=True)
class Compact:
    """What a token says of itself; nothing of it has been checked."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: str
    """The part that the signature is over; it tells two tokens apart, whatever their signature."""


def read(token: str) -> Compact:
    """Raises `Unreadable`."""
    parts = token.split(".", _PARTS)
    if len(token) > MAX_TOKEN or len(parts) != _PARTS:
        raise Unreadable
    header, claims, signature = parts
    _bytes(signature)
    return Compact(_object(header), _object(claims), f"{header}.{claims}")


def _object(part: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(
            _bytes(part).decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    claims = an_object(found)
    if claims is None:
        raise Unreadable
    return claims


def _bytes(part: str) -> bytes:
    if not _BASE64.fullmatch(part):
        raise Unreadable
    try:
        found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise Unreadable from error
    if base64.urlsafe_b64encode(found).decode().rstrip("=") != part:
        raise Unreadable
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(name)
