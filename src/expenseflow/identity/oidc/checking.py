"""Whether a token was signed by our provider, for this audience: the one place where it is checked.

What a header offers as a key or the address of one (`jwk`, `jku`, `x5c`, `x5u`) is never looked at.
"""

from collections.abc import Collection, Mapping
from typing import Any

import jwt

from expenseflow.identity.errors import NotAuthenticated
from expenseflow.identity.oidc import compact
from expenseflow.identity.oidc.compact import Compact, Unreadable
from expenseflow.identity.oidc.keys import Keys


async def checked(
    token: str, keys: Keys, *, issuer: str, audience: str, types: Collection[str | None]
) -> Compact:
    """The token, if it is genuine; its times are the caller's business.

    Raises:
        NotAuthenticated: it is not.
        ProviderSilent: it cannot be found out now.
    """
    try:
        found = compact.read(token)
    except Unreadable:
        raise NotAuthenticated from None
    if type_of(found.header) not in types or "crit" in found.header:
        raise NotAuthenticated
    key, algorithm = await keys.of(found.header)
    try:
        jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=issuer,
            audience=audience,
            options={
                "require": ["exp", "iat", "iss", "aud", "sub"],
                # The times are checked against the injected clock.
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise NotAuthenticated from error
    return found


def type_of(header: Mapping[str, Any]) -> str | None:
    """As RFC 7515 compares it; None: there is none. What is no text is no type of ours."""
    found = header.get("typ")
    return None if found is None else str(found).lower().removeprefix("application/")
