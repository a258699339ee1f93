"""People who come from the provider: made or found by (issuer, subject), and their sign-ins."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import repository as sign_ins
from expenseflow.identity import service
from expenseflow.identity.oidc import repository
from expenseflow.identity.oidc.code_flow import NotSignedIn, Why
from expenseflow.identity.oidc.repository import KnownAs
from expenseflow.identity.oidc.vouching import LEEWAY_SECONDS, Vouched
from expenseflow.identity.tokens import Claims, Signer
from expenseflow.infra.db import after_commit
from expenseflow.kit.ids import new_id

_audit = structlog.get_logger("expenseflow.audit")


async def sign_in_by_token(
    session: AsyncSession, sign_in_id: UUID, who: Vouched, *, now: datetime
) -> Claims:
    """The sign-in that an access token stands for; a row of ours from its first use on.

    So it can be taken back, and ends streams, as a session does. Raises `NotSignedIn`.
    """
    owner = await repository.owner_of(session, sign_in_id)
    if owner is not None:  # whether it still stands is seen where it is used
        return Claims(owner, sign_in_id)
    found = await _found(session, who, now=now)
    await _ensure_it_counts(session, who, now=now)
    expires_at = who.expires_at + timedelta(seconds=LEEWAY_SECONDS)
    await sign_ins.forget_expired(session, found.id, now=now)
    is_first = await repository.add_sign_in_once(
        session, sign_in_id, user_id=found.id, at=who.issued_at, expires_at=expires_at
    )
    if is_first:
        await _bring_up_to_date(session, found, who)
    return Claims(found.id, sign_in_id)


async def sign_in_by_browser(
    session: AsyncSession, who: Vouched, *, signer: Signer, now: datetime
) -> tuple[UUID, str]:
    """The person, and the token of their new session; raises `NotSignedIn`."""
    found = await _found(session, who, now=now)
    if found.is_disabled:
        raise NotSignedIn(Why.disabled)
    await _ensure_it_counts(session, who, now=now)
    await _bring_up_to_date(session, found, who)
    claims = Claims(found.id, new_id())
    await sign_ins.forget_expired(session, found.id, now=now)
    await sign_ins.add_sign_in(
        session,
        claims.sign_in_id,
        user_id=found.id,
        now=now,
        expires_at=now + service.OIDC_LIFETIME.idle,
    )
    token = signer.sign(claims, now=now, expires_at=now + service.OIDC_LIFETIME.longest)
    return found.id, token


async def _found(session: AsyncSession, who: Vouched, *, now: datetime) -> KnownAs:
    """The person, added when they are new; nobody disables or deletes them meanwhile."""
    known = await repository.held(session, who.issuer, who.subject)
    if known is None:
        user_id, is_admin = new_id(), bool(who.is_admin)
        is_new = await repository.add_once(
            session,
            user_id,
            issuer=who.issuer,
            subject=who.subject,
            email=who.email or who.name,
            is_admin=is_admin,
            vouched_at=who.issued_at,
            now=now,
        )
        if is_new:
            _tell(session, "person_added", user_id, is_admin=is_admin)
        known = await repository.held(session, who.issuer, who.subject)
    if known is None:  # deleted by somebody in between
        raise NotSignedIn(Why.wrong, "the person is gone")
    return known


async def _ensure_it_counts(session: AsyncSession, who: Vouched, *, now: datetime) -> None:
    """Asked once the person is held: whoever disabled or deleted them has said so by then.

    That is remembered for some time only, so nothing older is new to us.
    """
    known = await repository.not_before(session, who.issuer, who.subject)
    oldest = now - service.LIMITS_KEPT
    if who.issued_at <= (oldest if known is None else max(oldest, known)):
        raise NotSignedIn(Why.expired, "it was made before they were disabled or deleted")


async def _bring_up_to_date(session: AsyncSession, found: KnownAs, who: Vouched) -> None:
    is_admin = await repository.bring_up_to_date(
        session, found.id, email=who.email, is_admin=who.is_admin, vouched_at=who.issued_at
    )
    if is_admin is not None and is_admin is not found.is_admin:
        _tell(session, "role_changed", found.id, is_admin=is_admin)


def _tell(session: AsyncSession, event: str, user_id: UUID, *, is_admin: bool) -> None:
    """In the audit (`app/audit.py`), once it is so."""
    after_commit(session, partial(_told, event, user_id, is_admin=is_admin))


async def _told(event: str, user_id: UUID, *, is_admin: bool) -> None:
    _audit.info(f"audit.{event}", actor=str(user_id), is_admin=is_admin)
