"""Signed tokens, and the key that signs them."""

import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest

from expenseflow.identity import tokens
from expenseflow.identity.errors import NotAuthenticated
from expenseflow.identity.tokens import Claims, Signer

KEY = b"k" * 32
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
CLAIMS = Claims(uuid4(), uuid4())
HOUR = timedelta(hours=1)


def _payload(**changes: Any) -> dict[str, Any]:
    payload = {
        "iss": tokens.ISSUER,
        "aud": tokens.AUDIENCE,
        "sub": str(CLAIMS.user_id),
        "jti": str(CLAIMS.sign_in_id),
        "iat": int(NOW.timestamp()),
        "exp": int((NOW + HOUR).timestamp()),
    }
    return {name: value for name, value in {**payload, **changes}.items() if value is not None}


def _refused(token: str) -> None:
    with pytest.raises(NotAuthenticated):
        Signer(KEY).verify(token, now=NOW)


def test_a_token_says_who_it_was_made_for() -> None:
    token = Signer(KEY).sign(CLAIMS, now=NOW, expires_at=NOW + HOUR)
    assert Signer(KEY).verify(token, now=NOW) == CLAIMS


def test_a_token_is_good_until_the_second_it_expires() -> None:
    token = Signer(KEY).sign(CLAIMS, now=NOW, expires_at=NOW + HOUR)
    assert Signer(KEY).verify(token, now=NOW + HOUR - timedelta(seconds=1)) == CLAIMS
    with pytest.raises(NotAuthenticated):
        Signer(KEY).verify(token, now=NOW + HOUR)


def test_a_token_of_another_key_is_refused() -> None:
    _refused(Signer(b"x" * 32).sign(CLAIMS, now=NOW, expires_at=NOW + HOUR))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_only_one_algorithm_is_taken(algorithm: str) -> None:
    _refused(jwt.encode(_payload(), KEY * 2, algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "NONE"])
def test_a_token_without_a_signature_is_refused(algorithm: str) -> None:
    parts = [{"alg": algorithm, "typ": "JWT"}, _payload()]
    head, body = (
        base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts
    )
    _refused(f"{head}.{body}.")
    _refused(f"{head}.{body}")


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "somebody"},
        {"aud": "another-api"},
        {"aud": None},
        {"iss": None},
        {"exp": None},
        {"iat": None},
        {"jti": None},
        {"sub": None},
        {"sub": "no uuid"},
        {"sub": 7},
        {"jti": ["x"]},
        {"exp": "soon"},
        {"exp": 1e400},
    ],
)
def test_a_token_that_says_something_else_is_refused(changes: dict[str, Any]) -> None:
    _refused(jwt.encode(_payload(**changes), KEY, algorithm="HS256"))


def test_headers_that_name_other_keys_change_nothing() -> None:
    headers = {"jku": "https://evil.example/keys", "kid": "../../etc/passwd", "jwk": {"kty": "oct"}}
    good = jwt.encode(_payload(), KEY, algorithm="HS256", headers=headers)
    forged = jwt.encode(_payload(), b"y" * 32, algorithm="HS256", headers=headers)
    assert Signer(KEY).verify(good, now=NOW) == CLAIMS
    _refused(forged)


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "ä.ö.ü", "." * 10, "e30.e30.e30", "x" * 100_000]
)
def test_garbage_is_refused(text: str) -> None:
    _refused(text)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Signer(b"short")


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    key = tokens.load_or_make_key(folder)
    assert len(key) == tokens.KEY_BYTES
    assert tokens.load_or_make_key(folder) == key
    assert stat.S_IMODE((folder / tokens.KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == [tokens.KEY_FILE]


def test_many_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(tokens.load_or_make_key, [tmp_path] * 64))
    assert len(keys) == 1


def test_a_damaged_key_is_named_not_replaced(tmp_path: Path) -> None:
    (tmp_path / tokens.KEY_FILE).write_bytes(b"half")
    with pytest.raises(ValueError, match="damaged"):
        tokens.load_or_make_key(tmp_path)
