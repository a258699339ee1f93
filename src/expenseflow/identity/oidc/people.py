"""People who come from the provider: made or found by (issuer, subject), and their sign-ins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import repository, service
from expenseflow.identity.oidc.code_flow import NotSignedIn, Why
from expenseflow.identity.oidc.vouching import LEEWAY_SECONDS, Vouched
from expenseflow.identity.tokens import Claims, Signer
from expenseflow.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class Found:
    """A person as the database knows them."""

    id: UUID
    is_disabled: bool


async def sign_in_by_token(
    session: AsyncSession, sign_in_id: UUID, who: Vouched, *, now: datetime
) -> Claims:
    """The sign-in that an access token stands for; a row of ours from its first use on.

    So it can be taken back, and ends streams, as a session does. What it says of the person counts
    unless they have signed in since it was made.
    """
    found = await _found(session, who, now=now)
    expires_at = who.expires_at + timedelta(seconds=LEEWAY_SECONDS)
    await repository.forget_expired(session, found.id, now=now)
    is_new = await repository.add_sign_in_once(
        session, sign_in_id, user_id=found.id, at=who.issued_at, expires_at=expires_at
    )
    if is_new and not await repository.has_sign_in_after(session, found.id, who.issued_at):
        await _bring_up_to_date(session, found.id, who)
    return Claims(found.id, sign_in_id)


async def sign_in_by_browser(
    session: AsyncSession, who: Vouched, *, signer: Signer, now: datetime
) -> tuple[UUID, str]:
    """The person, and the token of their new session; raises `NotSignedIn`."""
    found = await _found(session, who, now=now)
    if found.is_disabled:
        raise NotSignedIn(Why.disabled)
    await _bring_up_to_date(session, found.id, who)
    claims = Claims(found.id, new_id())
    await repository.forget_expired(session, found.id, now=now)
    await repository.add_sign_in(
        session,
        claims.sign_in_id,
        user_id=found.id,
        now=now,
        expires_at=now + service.OIDC_LIFETIME.idle,
    )
    token = signer.sign(claims, now=now, expires_at=now + service.OIDC_LIFETIME.longest)
    return found.id, token


async def _found(session: AsyncSession, who: Vouched, *, now: datetime) -> Found:
    known = await repository.vouched_user(session, who.issuer, who.subject)
    if known is None:
        await repository.add_vouched_user_once(
            session,
            new_id(),
            issuer=who.issuer,
            subject=who.subject,
            email=who.email or who.name,
            is_admin=who.is_admin,
            now=now,
        )
        known = await repository.vouched_user(session, who.issuer, who.subject)
    if known is None:  # deleted by somebody in between
        raise NotSignedIn(Why.wrong, "the person is gone")
    return Found(*known)


async def _bring_up_to_date(session: AsyncSession, user_id: UUID, who: Vouched) -> None:
    await repository.update_vouched_user(session, user_id, email=who.email, is_admin=who.is_admin)
