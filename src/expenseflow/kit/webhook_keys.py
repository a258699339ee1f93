"""Secrets that two sides share to sign messages: plain text, or Base64 after `whsec_`.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii

_ENCODED = "whsec_"


def key_of(secret: str) -> bytes:
    """The bytes to sign with; raises ValueError when it begins with `whsec_` and is no Base64."""
    if not secret.startswith(_ENCODED):
        return secret.encode()
    return base64.b64decode(secret.removeprefix(_ENCODED), validate=True)


def is_usable(secret: str) -> bool:
    """Whether it can be signed with."""
    try:
        return bool(key_of(secret))
    except (binascii.Error, ValueError):
        return False
