"""Whether a token was signed by our provider, for this audience: the one place where it is checked.

What a header offers as a key or the address of one (`jwk`, `jku`, `x5c`, `x5u`) is never looked at.
"""

from collections.abc import Collection
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
    if not _is_of_type(found.header, types) or "crit" in found.header:
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


def _is_of_type(header: dict[str, Any], types: Collection[str | None]) -> bool:
    found = header.get("typ")
    if found is not None and not isinstance(found, str):
        return False
    return (None if found is None else found.lower().removeprefix("application/")) in types
