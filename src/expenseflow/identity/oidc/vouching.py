"""What a provider says of somebody, read out of claims; pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from expenseflow.identity.errors import InvalidEmail, NotAuthenticated
from expenseflow.identity.oidc.shapes import a_list, an_object
from expenseflow.identity.rules import MAX_EMAIL, normal_email

LEEWAY_SECONDS: Final = 60
"""How far the provider's clock and ours may be apart."""
MAX_SUBJECT: Final = 255
_LAST = 253_370_764_800
"""The year 9999 begins: what lies behind it is a mistake, and no date can tell it."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody the provider vouches for, as of `issued_at`."""

    issuer: str
    subject: str
    email: str | None
    """None: it names none, or says that it is not verified."""
    is_admin: bool | None
    """None: it says nothing about roles."""
    issued_at: datetime
    expires_at: datetime

    @property
    def name(self) -> str:
        """What to call somebody who has no e-mail, such as a program."""
        host = urlsplit(self.issuer).hostname or "provider"
        room = MAX_EMAIL - len(host) - 1
        # First in lower case, which may be longer.
        return f"{self.subject.lower()[:room]}@{host}"


def vouched(
    claims: Mapping[str, Any], *, issuer: str, roles_claim: str, admin_role: str, now: datetime
) -> Vouched:
    """Whoever the claims are about, in date by this clock; raises `NotAuthenticated`.

    That signature, issuer and audience are right has been checked before.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not is_subject(subject):
        raise NotAuthenticated
    issued_at, expires_at = in_date(claims, now=now)
    return Vouched(
        issuer=issuer,
        subject=subject,
        email=email_of(claims),
        is_admin=admin_role in roles_of(claims, roles_claim)
        if has_roles(claims, roles_claim)
        else None,
        issued_at=issued_at,
        expires_at=expires_at,
    )


def in_date(claims: Mapping[str, Any], *, now: datetime) -> tuple[datetime, datetime]:
    """When it was made and until when it is good; raises `NotAuthenticated` when that is not now.

    The leeway lets a token begin a minute early. It also lets it end a minute late, as the
    provider meant that moment by its own clock.
    """
    at = now.timestamp()
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    begins = _time(claims, "nbf") if "nbf" in claims else issued
    if max(issued, begins) > at + LEEWAY_SECONDS or expires <= at - LEEWAY_SECONDS:
        raise NotAuthenticated
    return datetime.fromtimestamp(issued, UTC), datetime.fromtimestamp(expires, UTC)


def is_subject(text: str) -> bool:
    """Whether it can be stored and shown: not empty, not too long, nothing invisible in it."""
    return 0 < len(text) <= MAX_SUBJECT and not any(
        unicodedata.category(char).startswith("C") for char in text
    )


def email_of(claims: Mapping[str, Any]) -> str | None:
    """The e-mail, unless the provider itself says that nobody has verified it."""
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified", True) not in (True, "true"):
        return None
    try:
        return normal_email(email)
    except InvalidEmail:
        return None


def roles_of(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The roles in the claim of this name, or at this dotted path; a text may hold several."""
    found: Any = claims[name] if name in claims else _at_path(claims, name)
    if isinstance(found, str):
        return frozenset(found.split())
    return frozenset(one for one in a_list(found) or [] if isinstance(one, str))


def has_roles(claims: Mapping[str, Any], name: str) -> bool:
    """Whether the claims say anything about roles."""
    return name in claims or _at_path(claims, name) is not None


def _at_path(claims: Mapping[str, Any], name: str) -> Any:
    found: Any = claims
    for part in name.split("."):
        found = (an_object(found) or {}).get(part)
    return found


def _time(claims: Mapping[str, Any], name: str) -> float:
    found = claims.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found < _LAST:
        raise NotAuthenticated
    return float(found)
