"""Who is asking: people, their tokens, and one-time codes to sign in with."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import repository
from expenseflow.identity.errors import NotAuthenticated, SignInDisabled, WrongSignInCode
from expenseflow.identity.oidc import repository as vouched
from expenseflow.identity.rules import normal_email
from expenseflow.identity.tokens import Claims, Signer
from expenseflow.kit.ids import new_id

SESSION_LIFETIME = timedelta(days=14)
TOKEN_LIFETIME = timedelta(days=30)
CODE_LIFETIME = timedelta(minutes=10)
LIMITS_KEPT = timedelta(days=30)
"""How long it is known since when tokens of somebody count."""
CODE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Of a session that ends when it is not used."""

    idle: timedelta
    longest: timedelta
    step: timedelta
    """It is written down this often that it is in use."""


OIDC_LIFETIME = Lifetime(
    idle=timedelta(hours=8), longest=timedelta(hours=24), step=timedelta(minutes=5)
)
"""Signing in again is a click, and asks the provider anew whether somebody may, and as what."""


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """The person a request acts for."""

    id: UUID
    email: str
    is_admin: bool


async def ensure_user(session: AsyncSession, email: str, *, now: datetime) -> CurrentUser:
    """The person who signs in locally by this e-mail, added if new; raises `InvalidEmail`."""
    address = normal_email(email)
    found = await repository.local_user(session, address)
    if found is None:
        await repository.add_user_once(session, new_id(), email=address, now=now)
        found = await repository.local_user(session, address)
    if found is None:  # deleted by somebody in between
        raise NotAuthenticated
    return CurrentUser(*found)


async def issue_token(
    session: AsyncSession,
    user: CurrentUser,
    *,
    signer: Signer,
    now: datetime,
    lifetime: timedelta = TOKEN_LIFETIME,
) -> str:
    """A new sign-in of this person, as a signed token.

    Raises:
        SignInDisabled: an administrator does not want that.
    """
    await _ensure_enabled(session, user)
    claims = Claims(user.id, new_id())
    expires_at = now + lifetime
    await repository.forget_expired(session, user.id, now=now)
    await repository.add_sign_in(
        session, claims.sign_in_id, user_id=user.id, now=now, expires_at=expires_at
    )
    return signer.sign(claims, now=now, expires_at=expires_at)


async def make_sign_in_code(session: AsyncSession, user: CurrentUser, *, now: datetime) -> str:
    """A code that signs this person in once, within ten minutes; only its hash is kept.

    Raises:
        SignInDisabled: an administrator does not want that.
    """
    await _ensure_enabled(session, user)
    code = secrets.token_urlsafe(CODE_BYTES)
    await repository.forget_expired(session, user.id, now=now)
    await repository.add_code(
        session, _hash(code), user_id=user.id, now=now, expires_at=now + CODE_LIFETIME
    )
    return code


async def sign_in(
    session: AsyncSession, code: str, *, signer: Signer, now: datetime
) -> tuple[CurrentUser, str]:
    """Use up a code: the person and the token of their new session.

    Raises:
        WrongSignInCode: there is no such code, or not any more.
        SignInDisabled: the person was disabled meanwhile.
    """
    user_id = await repository.use_code(session, _hash(code), now=now)
    found = None if user_id is None else await repository.user_by_id(session, user_id)
    if found is None:
        raise WrongSignInCode
    user = CurrentUser(*found)
    token = await issue_token(session, user, signer=signer, now=now, lifetime=SESSION_LIFETIME)
    return user, token


async def recognise(
    session: AsyncSession,
    claims: Claims,
    *,
    now: datetime,
    issuer: str | None = None,
    is_used: bool = False,
) -> CurrentUser:
    """The person behind claims whose signature was checked: the sign-in must still stand.

    Only people of this issuer are anybody here; without one (local mode), everybody is. With
    `is_used` a session that would end for want of use goes on.
    """
    found = await repository.live_sign_in(
        session, sign_in_id=claims.sign_in_id, user_id=claims.user_id, issuer=issuer, now=now
    )
    if found is None:
        raise NotAuthenticated
    if is_used:
        longest = found.created_at + OIDC_LIFETIME.longest
        until = min(now + OIDC_LIFETIME.idle, longest)
        if until - found.expires_at >= OIDC_LIFETIME.step or until == longest > found.expires_at:
            await repository.extend(session, claims.sign_in_id, until=until)
    return CurrentUser(*found.person)


async def person_called(
    session: AsyncSession, email: str, *, issuer: str | None
) -> CurrentUser | None:
    """The one person with this e-mail, of this issuer; None when there is none, or not just one."""
    found = await repository.people_called(session, normal_email(email), issuer=issuer)
    return CurrentUser(*found[0]) if len(found) == 1 else None


async def standing(
    session: AsyncSession, sign_in_ids: Collection[UUID], *, now: datetime
) -> set[UUID]:
    """Those of the sign-ins that are still worth something."""
    return await repository.live_sign_ins(session, sign_in_ids, now=now)


async def sign_out(session: AsyncSession, token: str, *, signer: Signer, now: datetime) -> None:
    """Take the token back; it is worth nothing from the commit on."""
    await end(session, signer.verify(token, now=now), now=now)


async def end(session: AsyncSession, claims: Claims, *, now: datetime) -> None:
    """End this sign-in; it is worth nothing from the commit on."""
    await repository.revoke(session, claims.sign_in_id, user_id=claims.user_id, now=now)


async def email_of(session: AsyncSession, user_id: UUID) -> str | None:
    """This person's address; None when there is no such person."""
    found = await repository.user_by_id(session, user_id)
    return None if found is None else found[1]


async def forget_expired(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Delete up to `limit` sign-ins that can no longer be used; how many there were.

    With them goes what was kept for too long of people who were disabled or deleted.
    """
    await vouched.forget_limits(session, before=now - LIMITS_KEPT)
    return await repository.forget_all_expired(session, now=now, limit=limit)


async def keep_enabled(session: AsyncSession, user_id: UUID) -> None:
    """Nobody disables or deletes this person before the transaction ends.

    For what goes on after it, such as a job: the request was let in before, and may have waited.

    Raises:
        SignInDisabled: they were disabled meanwhile.
        NotAuthenticated: they were deleted meanwhile.
    """
    is_enabled = await repository.kept_enabled(session, user_id)
    if is_enabled is None:
        raise NotAuthenticated
    if not is_enabled:
        raise SignInDisabled


async def _ensure_enabled(session: AsyncSession, user: CurrentUser) -> None:
    if await repository.is_disabled(session, user.id):
        raise SignInDisabled


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
