"""Signed tokens and the key that signs them.

A token names a person and the row of `sign_ins` it belongs to, so that it can be taken back.
One algorithm, one issuer, one audience; nothing in a token's header changes how it is checked.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from expenseflow.identity.errors import NotAuthenticated

ALGORITHM = "HS256"
ISSUER = "expenseflow"
AUDIENCE = "expenseflow-api"
KEY_BYTES = 32
KEY_FILE = "signing.key"
MAX_TOKEN = 4096
REMEMBERED = 1024
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: who, and by which sign-in."""

    user_id: UUID
    sign_in_id: UUID


class Signer:
    """Makes and checks tokens with one symmetric key."""

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            msg = f"a signing key has at least {KEY_BYTES} bytes"
            raise ValueError(msg)
        self._key = key
        # A signature once found good stays good; only the expiry has to be looked at again.
        self._payload_of = lru_cache(maxsize=REMEMBERED)(self._decode)

    def sign(self, claims: Claims, *, now: datetime, expires_at: datetime) -> str:
        payload = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(claims.user_id),
            "jti": str(claims.sign_in_id),
            "iat": int(now.timestamp()),
            "exp": int(expires_at.timestamp()),
        }
        return jwt.encode(payload, self._key, algorithm=ALGORITHM)

    def verify(self, token: str, *, now: datetime) -> Claims:
        """The claims of a token that is ours and in date; else `NotAuthenticated`."""
        if len(token) > MAX_TOKEN:
            raise NotAuthenticated
        try:
            payload = self._payload_of(token)
            claims = Claims(UUID(payload["sub"]), UUID(payload["jti"]))
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise NotAuthenticated from error
        if not isinstance(payload["exp"], int) or payload["exp"] <= now.timestamp():
            raise NotAuthenticated
        return claims

    def _decode(self, token: str) -> dict[str, Any]:
        # The expiry is checked by the caller, against the injected clock.
        return jwt.decode(
            token,
            self._key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )


def load_or_make_key(data_dir: Path) -> bytes:
    """The signing key of this installation, made on first use, readable by its owner only.

    However many processes start at once, all get the same key: it is written under another
    name and then linked into place, which succeeds for exactly one of them.
    """
    path = data_dir / KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _place(path, secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        msg = f"{path} is damaged; delete it to have a new key made (everybody signs in again)"
        raise ValueError(msg)
    return key


def _place(path: Path, key: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
