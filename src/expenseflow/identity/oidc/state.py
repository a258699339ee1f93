"""What a browser carries from the beginning of a sign-in to its end: signed, and for ten minutes.

It binds the answer of the provider to the browser that asked (state), to the question (nonce) and
to us (the verifier of PKCE).
"""

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

LIFETIME: Final = timedelta(minutes=10)
MAX_PLACE: Final = 1500
HOME: Final = "/app/"
_ALGORITHM = "HS256"
_AUDIENCE = "expenseflow-oidc-state"
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Question:
    """One sign-in under way."""

    place: str
    """Where the person was, to go on there."""
    state: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)


class Seal:
    """Signs what browsers carry."""

    def __init__(self, key: bytes) -> None:
        # A key of its own: a sign-in under way can then never be taken for a session.
        self._key = hmac.digest(key, _AUDIENCE.encode(), hashlib.sha256)

    def sealed(self, question: Question, *, now: datetime) -> str:
        payload = {
            **asdict(question),
            "aud": _AUDIENCE,
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode(payload, self._key, algorithm=_ALGORITHM)

    def opened(self, sealed: str, *, now: datetime) -> Question | None:
        """None: it is not ours, or out of date."""
        if len(sealed) > _LONGEST:
            return None
        try:
            payload: dict[str, Any] = jwt.decode(
                sealed,
                self._key,
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"require": ["exp"], "verify_exp": False},
            )
        except (jwt.PyJWTError, ValueError):
            return None
        if payload["exp"] <= now.timestamp():
            return None
        return Question(
            place=payload["place"],
            state=payload["state"],
            nonce=payload["nonce"],
            verifier=payload["verifier"],
        )


def local_place(wanted: str | None) -> str:
    """A place of our own front end; anything else is its home."""
    if wanted is None or not wanted.startswith(HOME) or len(wanted) > MAX_PLACE:
        return HOME
    is_plain = all(33 <= ord(char) < 127 and char != "\\" for char in wanted)  # noqa: PLR2004  # ASCII, visible
    return wanted if is_plain else HOME
