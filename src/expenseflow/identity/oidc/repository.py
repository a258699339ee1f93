"""Every SQL statement about people who come from a provider, and since when their tokens count."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity.models import SignIn, SignInLimit, User


@dataclass(frozen=True, slots=True)
class KnownAs:
    """A person as the database knows them."""

    id: UUID
    is_disabled: bool
    is_admin: bool


async def held(session: AsyncSession, issuer: str, subject: str) -> KnownAs | None:
    """The person; until the transaction ends nobody changes, disables or deletes them."""
    rows = await session.execute(
        select(User.id, User.disabled_at, User.is_admin)
        .where(User.issuer == issuer, User.subject == subject)
        .with_for_update(key_share=True)
    )
    found = rows.one_or_none()
    if found is None:
        return None
    return KnownAs(found.id, found.disabled_at is not None, found.is_admin)


async def add_once(
    session: AsyncSession,
    user_id: UUID,
    *,
    issuer: str,
    subject: str,
    email: str,
    is_admin: bool,
    vouched_at: datetime,
    now: datetime,
) -> bool:
    """Add the person; False: they were there."""
    row = {
        "id": user_id, "email": email, "issuer": issuer, "subject": subject,
        "is_admin": is_admin, "vouched_at": vouched_at, "created_at": now,
    }  # fmt: skip
    once = upsert(User).values(row).on_conflict_do_nothing(index_elements=["issuer", "subject"])
    return await session.scalar(once.returning(User.id)) is not None


async def bring_up_to_date(
    session: AsyncSession,
    user_id: UUID,
    *,
    email: str | None,
    is_admin: bool | None,
    vouched_at: datetime,
) -> bool | None:
    """What their provider said then, unless it has said something newer; what it left out stays.

    Whether they are an admin now; None: there was something newer.
    """
    newest = (
        update(User)
        .where(User.id == user_id, or_(User.vouched_at.is_(None), User.vouched_at <= vouched_at))
        .values(
            email=func.coalesce(email, User.email),
            is_admin=func.coalesce(is_admin, User.is_admin),
            vouched_at=vouched_at,
        )
    )
    return await session.scalar(newest.returning(User.is_admin))


async def owner_of(session: AsyncSession, sign_in_id: UUID) -> UUID | None:
    """Whose sign-in it is or was; None: it is not known."""
    return await session.scalar(select(SignIn.user_id).where(SignIn.id == sign_in_id))


async def add_sign_in_once(
    session: AsyncSession, sign_in_id: UUID, *, user_id: UUID, at: datetime, expires_at: datetime
) -> bool:
    """Whether it was not there yet."""
    row = {"id": sign_in_id, "user_id": user_id, "created_at": at, "expires_at": expires_at}
    once = upsert(SignIn).values(row).on_conflict_do_nothing().returning(SignIn.id)
    return await session.scalar(once) is not None


# -- since when their tokens count ---------------------------------------------------------------


async def not_before(session: AsyncSession, issuer: str, subject: str) -> datetime | None:
    """What was made for this person until then counts no more; None: nobody said so."""
    return await session.scalar(
        select(SignInLimit.not_before).where(SignInLimit.person_hash == _hash(issuer, subject))
    )


async def end_tokens(session: AsyncSession, user_id: UUID, *, now: datetime) -> None:
    """Whatever a provider has made for this person until now counts no more, seen or not.

    It outlives the person: of a token that is not known here anybody could else be made anew.
    """
    found = await session.execute(select(User.issuer, User.subject).where(User.id == user_id))
    person = found.one_or_none()
    if person is None or person.issuer is None or person.subject is None:
        return
    row = {"person_hash": _hash(person.issuer, person.subject), "not_before": now}
    told = upsert(SignInLimit).values(row)
    latest = func.greatest(SignInLimit.not_before, told.excluded.not_before)
    await session.execute(
        told.on_conflict_do_update(index_elements=["person_hash"], set_={"not_before": latest})
    )


async def forget_limits(session: AsyncSession, *, before: datetime) -> None:
    """Of these there are never many."""
    await session.execute(delete(SignInLimit).where(SignInLimit.not_before <= before))


def _hash(issuer: str, subject: str) -> str:
    """As JSON, in which no two pairs are written alike."""
    return hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()
