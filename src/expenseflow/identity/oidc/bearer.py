"""Access tokens of programs (RFC 9068, and what was usual before it)."""

import hashlib
from datetime import datetime
from uuid import UUID

from expenseflow.identity.errors import NotAuthenticated
from expenseflow.identity.oidc import checking, vouching
from expenseflow.identity.oidc.compact import Compact
from expenseflow.identity.oidc.config import OpenIdConfig
from expenseflow.identity.oidc.keys import Keys
from expenseflow.identity.oidc.shapes import a_list
from expenseflow.identity.oidc.vouching import Vouched

_ACCESS = "at+jwt"
_TYPES = (_ACCESS, "jwt", None)
_OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")
_KIND, _BEARER = "typ", "bearer"
_OTHER_KINDS = ("id", "refresh", "offline", "logout", "dpop")
"""What Keycloak writes into the claim `typ`: of access tokens, and of those for something else."""


async def check(
    token: str, keys: Keys, config: OpenIdConfig, *, now: datetime
) -> tuple[UUID, Vouched]:
    """The sign-in that this access token stands for, and who the provider says it is.

    Raises:
        NotAuthenticated: it is no access token of our provider for our API, or not now.
        ProviderSilent: it cannot be found out now.
    """
    found = await checking.checked(
        token, keys, issuer=config.issuer, audience=config.audience, types=_TYPES
    )
    claims = found.claims
    if _is_id_token(found, config.client_id):
        raise NotAuthenticated
    # Bound to a key of its owner (RFC 8705, 9449): as a plain bearer token it may be stolen.
    if "cnf" in claims or _kind(found) in _OTHER_KINDS:
        raise NotAuthenticated
    about = vouching.vouched(
        claims,
        issuer=config.issuer,
        roles_claim=config.roles_claim,
        admin_role=config.admin_role,
        now=now,
    )
    return sign_in_id(found.signed), about


def _is_id_token(found: Compact, client_id: str) -> bool:
    """Whether it is meant for the client that signed somebody in: some providers name both.

    Not what says of itself that it is an access token (RFC 9068, or Keycloak, which until its
    version 25 has a `nonce` in those too).
    """
    if checking.type_of(found.header) == _ACCESS or _kind(found) == _BEARER:
        return False
    audience = a_list(found.claims["aud"]) or []
    return client_id in audience or not found.claims.keys().isdisjoint(_OF_ID_TOKENS)


def _kind(found: Compact) -> str:
    return str(found.claims.get(_KIND, "")).lower()


def sign_in_id(signed: str) -> UUID:
    """The same for the same token everywhere, so that it can be taken back."""
    return UUID(bytes=hashlib.sha256(signed.encode()).digest()[:16])
