"""Every SQL statement about people and their sign-ins."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity.models import SignIn, SignInCode, User
from expenseflow.infra.db import delete_some
from expenseflow.kit.paging import Page, PageRequest

Person = tuple[UUID, str, bool]
"""Id, e-mail, and whether they are an admin."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as an administrator sees them."""

    id: UUID
    email: str
    is_admin: bool
    disabled_at: datetime | None
    created_at: datetime
    issuer: str | None
    """Who vouches for them; None: they sign in locally."""
    subject: str | None


# It runs in front of every request: built once, over the plain tables, without the ORM's share.
_USERS, _SIGN_INS = User.__table__.c, SignIn.__table__.c
# Whoever signs in locally has the run of this machine.
_IS_ADMIN: ColumnElement[bool] = or_(_USERS.is_admin, _USERS.issuer.is_(None))
_PERSON = (_USERS.id, _USERS.email, _IS_ADMIN.label("is_admin"))
_KNOWN = (*_PERSON, _USERS.disabled_at, _USERS.created_at, _USERS.issuer, _USERS.subject)
_LIVE = (
    select(*_PERSON, _SIGN_INS.created_at, _SIGN_INS.expires_at)
    .join_from(User.__table__, SignIn.__table__, _SIGN_INS.user_id == _USERS.id)
    .where(
        _SIGN_INS.id == bindparam("sign_in_id"),
        _SIGN_INS.user_id == bindparam("user_id"),
        _SIGN_INS.revoked_at.is_(None),
        _SIGN_INS.expires_at > bindparam("now"),
        _USERS.disabled_at.is_(None),
        # Whoever came from another provider, or from none, is not signed in here any more.
        or_(bindparam("issuer", type_=String).is_(None), _USERS.issuer == bindparam("issuer")),
    )
)


@dataclass(frozen=True, slots=True)
class LiveSignIn:
    """A sign-in that stands."""

    person: Person
    created_at: datetime
    expires_at: datetime


async def add_user_once(session: AsyncSession, user_id: UUID, *, email: str, now: datetime) -> None:
    """Add the person unless somebody with this e-mail exists."""
    row = {"id": user_id, "email": email, "created_at": now}
    await session.execute(upsert(User).values(row).on_conflict_do_nothing())


async def local_user(session: AsyncSession, email: str) -> Person | None:
    """Who signs in locally by this e-mail."""
    return await _person(session, _USERS.email == email, _USERS.issuer.is_(None))


async def people_called(session: AsyncSession, email: str, *, issuer: str | None) -> list[Person]:
    """Who of this provider has this e-mail; there may be several, it is only a name."""
    rows = await session.execute(
        select(*_PERSON).where(_USERS.email == email, _USERS.issuer.is_not_distinct_from(issuer))
    )
    return [(found.id, found.email, found.is_admin) for found in rows]


async def user_by_id(session: AsyncSession, user_id: UUID) -> Person | None:
    return await _person(session, _USERS.id == user_id)


async def _person(session: AsyncSession, *those: ColumnElement[bool]) -> Person | None:
    row = await session.execute(select(*_PERSON).where(*those))
    found = row.one_or_none()
    return None if found is None else (found.id, found.email, found.is_admin)


async def live_sign_in(
    session: AsyncSession, *, sign_in_id: UUID, user_id: UUID, issuer: str | None, now: datetime
) -> LiveSignIn | None:
    """The sign-in and its person; None once it is revoked, out of date or gone, or they are."""
    values = {"sign_in_id": sign_in_id, "user_id": user_id, "issuer": issuer, "now": now}
    found = (await session.execute(_LIVE, values)).one_or_none()
    if found is None:
        return None
    return LiveSignIn((found.id, found.email, found.is_admin), found.created_at, found.expires_at)


async def extend(session: AsyncSession, sign_in_id: UUID, *, until: datetime) -> None:
    """Let it stand until then, if it still stands."""
    await session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.revoked_at.is_(None), SignIn.expires_at < until)
        .values(expires_at=until)
    )


async def live_sign_ins(
    session: AsyncSession, sign_in_ids: Collection[UUID], *, now: datetime
) -> set[UUID]:
    """Those that are not revoked, out of date or gone, and whose person may still sign in."""
    found = await session.scalars(
        select(SignIn.id)
        .join(User, User.id == SignIn.user_id)
        .where(
            SignIn.id.in_(sign_in_ids),
            SignIn.revoked_at.is_(None),
            SignIn.expires_at > now,
            User.disabled_at.is_(None),
        )
    )
    return set(found)


async def add_sign_in(
    session: AsyncSession, sign_in_id: UUID, *, user_id: UUID, now: datetime, expires_at: datetime
) -> None:
    await session.execute(
        insert(SignIn).values(id=sign_in_id, user_id=user_id, created_at=now, expires_at=expires_at)
    )


async def forget_expired(session: AsyncSession, user_id: UUID, *, now: datetime) -> None:
    """Drop this person's sign-ins and anybody's codes that can no longer be used."""
    await session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.expires_at <= now))
    await session.execute(delete(SignInCode).where(SignInCode.expires_at <= now))


async def forget_all_expired(session: AsyncSession, *, now: datetime, limit: int) -> int:
    """Drop sign-ins and codes, of anybody, that can no longer be used; how many there were.

    Up to `limit` sign-ins at a time; of codes there are never many.
    """
    await session.execute(delete(SignInCode).where(SignInCode.expires_at <= now))
    return await delete_some(session, SignIn, SignIn.expires_at <= now, limit=limit)


async def revoke(session: AsyncSession, sign_in_id: UUID, *, user_id: UUID, now: datetime) -> None:
    await session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def add_code(
    session: AsyncSession, code_hash: str, *, user_id: UUID, now: datetime, expires_at: datetime
) -> None:
    await session.execute(
        insert(SignInCode).values(
            code_hash=code_hash, user_id=user_id, created_at=now, expires_at=expires_at
        )
    )


async def use_code(session: AsyncSession, code_hash: str, *, now: datetime) -> UUID | None:
    """Whose code it was. The row goes with it, so of many callers one gets the answer."""
    return await session.scalar(
        delete(SignInCode)
        .where(SignInCode.code_hash == code_hash, SignInCode.expires_at > now)
        .returning(SignInCode.user_id)
    )


# -- for administrators -----------------------------------------------------------------------


async def people_page(
    session: AsyncSession, wanted: PageRequest, *, words: str
) -> Page[KnownPerson]:
    """Whose e-mail holds the words, by e-mail."""
    fits = _USERS.email.contains(words.lower(), autoescape=True)
    total = await session.scalar(select(func.count()).select_from(User).where(fits))
    rows = await session.execute(
        select(*_KNOWN)
        .where(fits)
        .order_by(_USERS.email, _USERS.id)
        .offset(wanted.offset)
        .limit(wanted.page_size)
    )
    people = [KnownPerson(*row) for row in rows]
    return Page(people, total or 0, wanted.page, wanted.page_size)


async def held(session: AsyncSession, user_id: UUID) -> KnownPerson | None:
    """The person; until the transaction ends nothing more becomes theirs."""
    found = await session.execute(select(*_KNOWN).where(_USERS.id == user_id).with_for_update())
    row = found.one_or_none()
    return None if row is None else KnownPerson(*row)


async def may_administer(session: AsyncSession, user_id: UUID) -> bool:
    """Whether this person is here, is not disabled, and is an administrator."""
    may = _USERS.disabled_at.is_(None) & _IS_ADMIN
    return await session.scalar(select(may).where(_USERS.id == user_id)) or False


async def kept_enabled(session: AsyncSession, user_id: UUID) -> bool | None:
    """Whether they may be here, which stays so until the transaction ends; None: they are gone."""
    found = select(_USERS.disabled_at.is_(None)).where(_USERS.id == user_id)
    return await session.scalar(found.with_for_update(read=True, key_share=True))


async def is_disabled(session: AsyncSession, user_id: UUID) -> bool:
    found = select(User.id).where(User.id == user_id, User.disabled_at.is_not(None))
    return await session.scalar(found) is not None


async def set_disabled_at(session: AsyncSession, user_id: UUID, moment: datetime | None) -> None:
    await session.execute(update(User).where(User.id == user_id).values(disabled_at=moment))


async def end_sign_ins(session: AsyncSession, user_id: UUID, *, now: datetime) -> None:
    """None of this person's tokens, sessions and codes is worth anything any more."""
    await session.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    await session.execute(delete(SignInCode).where(SignInCode.user_id == user_id))


async def delete_person(session: AsyncSession, user_id: UUID) -> None:
    """Them, and with them every row that is theirs by its foreign key."""
    await session.execute(delete(User).where(User.id == user_id))
