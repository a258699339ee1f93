"""Who may use this installation: what administrators see and change."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import repository
from expenseflow.identity.errors import NotAnAdmin, PersonNotFound
from expenseflow.identity.oidc import repository as vouched
from expenseflow.identity.repository import KnownPerson
from expenseflow.infra.db import advisory_lock
from expenseflow.kit.paging import Page, PageRequest

__all__ = ["KnownPerson"]


async def list_people(
    session: AsyncSession, wanted: PageRequest, *, words: str = ""
) -> Page[KnownPerson]:
    """Those whose e-mail holds the words, by e-mail."""
    return await repository.people_page(session, wanted, words=words)


async def one_after_another(session: AsyncSession, admin_id: UUID) -> None:
    """Nobody else changes who may be here until the transaction ends, and this person still may.

    Two administrators who disable each other at the same moment would else leave none.

    Raises:
        NotAnAdmin: they were disabled, deleted or are no administrator any more.
    """
    await advisory_lock(session, "people")
    if not await repository.may_administer(session, admin_id):
        raise NotAnAdmin


async def held(session: AsyncSession, user_id: UUID) -> KnownPerson:
    """The person; until the transaction ends nothing more becomes theirs.

    Raises:
        PersonNotFound: nobody has this id.
    """
    person = await repository.held(session, user_id)
    if person is None:
        raise PersonNotFound
    return person


async def disable(session: AsyncSession, user_id: UUID, *, now: datetime) -> None:
    """End every sign-in and let nobody sign in again; what is theirs stays."""
    if not await repository.is_disabled(session, user_id):
        await repository.set_disabled_at(session, user_id, now)
    await repository.end_sign_ins(session, user_id, now=now)
    await vouched.end_tokens(session, user_id, now=now)


async def enable(session: AsyncSession, user_id: UUID) -> None:
    """They may sign in again; the sign-ins of before stay ended."""
    await repository.set_disabled_at(session, user_id, None)


async def delete(session: AsyncSession, user_id: UUID, *, now: datetime) -> None:
    """Them, and every row that is theirs by its foreign key; nor do a provider's tokens count."""
    await vouched.end_tokens(session, user_id, now=now)
    await repository.delete_person(session, user_id)
