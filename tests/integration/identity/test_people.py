"""Who somebody is: by e-mail locally, by issuer and subject from an OpenID provider."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import service
from expenseflow.identity.errors import NotAuthenticated
from expenseflow.identity.models import User
from expenseflow.identity.service import CurrentUser
from expenseflow.identity.tokens import Signer
from expenseflow.kit.ids import new_id

pytestmark = pytest.mark.usefixtures("db")  # what an earlier test committed is gone

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ISSUER = "https://login.example.com"
SIGNER = Signer(b"k" * 32)


async def _from_provider(session: AsyncSession, subject: str, issuer: str = ISSUER) -> UUID:
    user_id = new_id()
    row = {"id": user_id, "email": "ann@example.com", "created_at": NOW}
    await session.execute(insert(User).values(**row, issuer=issuer, subject=subject))
    return user_id


async def test_people_of_a_provider_may_share_an_address_and_are_no_local_user(
    session: AsyncSession,
) -> None:
    local = await service.ensure_user(session, "ann@example.com", now=NOW)
    first = await _from_provider(session, "1")
    second = await _from_provider(session, "1", "https://other.example.com")
    assert len({local.id, first, second}) == 3
    assert await service.ensure_user(session, "ANN@example.com", now=NOW) == local


async def test_a_subject_of_an_issuer_is_one_person(session: AsyncSession) -> None:
    await _from_provider(session, "1")
    with pytest.raises(IntegrityError):
        await _from_provider(session, "1")


async def test_who_signs_in_locally_is_an_admin_and_others_are_if_their_issuer_says_so(
    session: AsyncSession,
) -> None:
    local = await service.ensure_user(session, "ann@example.com", now=NOW)
    user_id = await _from_provider(session, "1")
    user = CurrentUser(user_id, "ann@example.com", is_admin=True)  # what a caller believes
    token = await service.issue_token(session, user, signer=SIGNER, now=NOW)
    claims = SIGNER.verify(token, now=NOW)
    assert local.is_admin
    assert not (await service.recognise(session, claims, now=NOW, issuer=ISSUER)).is_admin
    await session.execute(update(User).where(User.id == user_id).values(is_admin=True))
    assert (await service.recognise(session, claims, now=NOW, issuer=ISSUER)).is_admin


async def test_a_sign_in_counts_only_where_its_person_comes_from(
    session: AsyncSession,
) -> None:
    issuer = "https://other.example.com"
    user = CurrentUser(await _from_provider(session, "1"), "ann@example.com", is_admin=False)
    token = await service.issue_token(session, user, signer=SIGNER, now=NOW)
    with pytest.raises(NotAuthenticated):
        await service.recognise(session, SIGNER.verify(token, now=NOW), now=NOW, issuer=issuer)


async def test_where_a_provider_says_who_people_are_a_local_user_is_nobody(
    session: AsyncSession,
) -> None:
    local = await service.ensure_user(session, "ann@example.com", now=NOW)
    token = await service.issue_token(session, local, signer=SIGNER, now=NOW)
    with pytest.raises(NotAuthenticated):
        await service.recognise(session, SIGNER.verify(token, now=NOW), now=NOW, issuer=ISSUER)


async def test_who_is_disabled_is_signed_out_everywhere(session: AsyncSession) -> None:
    ann = await service.ensure_user(session, "ann@example.com", now=NOW)
    token = await service.issue_token(session, ann, signer=SIGNER, now=NOW)
    claims = SIGNER.verify(token, now=NOW)
    assert await service.standing(session, [claims.sign_in_id], now=NOW) == {claims.sign_in_id}
    await session.execute(update(User).values(disabled_at=NOW))
    assert await service.standing(session, [claims.sign_in_id], now=NOW) == set()
    with pytest.raises(NotAuthenticated):
        await service.recognise(session, claims, now=NOW)
