"""Codes, tokens and sign-ins in the database."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from expenseflow.identity import service
from expenseflow.identity.errors import NotAuthenticated, WrongSignInCode
from expenseflow.identity.models import SignIn, SignInCode, User
from expenseflow.identity.service import CurrentUser
from expenseflow.identity.tokens import Signer
from expenseflow.infra.db import Database

pytestmark = pytest.mark.usefixtures("db")  # what an earlier test committed is gone

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
SIGNER = Signer(b"s" * 32)


async def _ann(session: AsyncSession) -> CurrentUser:
    return await service.ensure_user(session, "ann@example.com", now=NOW)


async def _authenticated(session: AsyncSession, token: str, *, now: datetime) -> CurrentUser:
    """Whose token this is, as every request finds out."""
    return await service.recognise(session, SIGNER.verify(token, now=now), now=now)


async def test_a_person_is_one_whatever_the_spelling(session: AsyncSession) -> None:
    ann = await _ann(session)
    assert await service.ensure_user(session, " Ann@EXAMPLE.com ", now=NOW) == ann


async def test_a_person_added_twenty_times_at_once_is_one(db: Database) -> None:
    async def add() -> CurrentUser:
        async with db.transaction() as session:
            return await _ann(session)

    assert len(set(await asyncio.gather(*(add() for _ in range(20))))) == 1


async def test_a_token_brings_its_person_back(session: AsyncSession) -> None:
    ann = await _ann(session)
    token = await service.issue_token(session, ann, signer=SIGNER, now=NOW)
    assert await _authenticated(session, token, now=NOW) == ann


async def test_a_token_ends_with_its_lifetime(session: AsyncSession) -> None:
    ann = await _ann(session)
    hour = timedelta(hours=1)
    token = await service.issue_token(session, ann, signer=SIGNER, now=NOW, lifetime=hour)
    with pytest.raises(NotAuthenticated):
        await _authenticated(session, token, now=NOW + hour)


async def test_a_token_taken_back_is_worth_nothing_and_others_stay(session: AsyncSession) -> None:
    ann = await _ann(session)
    first = await service.issue_token(session, ann, signer=SIGNER, now=NOW)
    second = await service.issue_token(session, ann, signer=SIGNER, now=NOW)
    await service.sign_out(session, first, signer=SIGNER, now=NOW)
    with pytest.raises(NotAuthenticated):
        await _authenticated(session, first, now=NOW)
    assert await _authenticated(session, second, now=NOW) == ann


async def test_the_tokens_of_a_deleted_person_end(session: AsyncSession) -> None:
    ann = await _ann(session)
    token = await service.issue_token(session, ann, signer=SIGNER, now=NOW)
    await session.delete(await session.get_one(User, ann.id))
    await session.flush()
    with pytest.raises(NotAuthenticated):
        await _authenticated(session, token, now=NOW)


async def test_a_code_signs_in_once(session: AsyncSession) -> None:
    ann = await _ann(session)
    code = await service.make_sign_in_code(session, ann, now=NOW)
    user, token = await service.sign_in(session, code, signer=SIGNER, now=NOW)
    assert user == ann
    assert await _authenticated(session, token, now=NOW) == ann
    with pytest.raises(WrongSignInCode):
        await service.sign_in(session, code, signer=SIGNER, now=NOW)


async def test_a_code_is_long_and_not_kept(session: AsyncSession) -> None:
    code = await service.make_sign_in_code(session, await _ann(session), now=NOW)
    assert len(code) >= 40
    assert await session.scalar(select(SignInCode.code_hash)) != code


async def test_a_code_ends_after_ten_minutes(session: AsyncSession) -> None:
    code = await service.make_sign_in_code(session, await _ann(session), now=NOW)
    with pytest.raises(WrongSignInCode):
        await service.sign_in(session, code, signer=SIGNER, now=NOW + service.CODE_LIFETIME)


async def test_twenty_who_use_a_code_at_once_are_one_who_may(db: Database) -> None:
    async with db.transaction() as session:
        code = await service.make_sign_in_code(session, await _ann(session), now=NOW)

    async def use() -> bool:
        try:
            async with db.transaction() as session:
                await service.sign_in(session, code, signer=SIGNER, now=NOW)
        except WrongSignInCode:
            return False
        return True

    outcomes = await asyncio.gather(*(use() for _ in range(20)))
    assert outcomes.count(True) == 1
    async with db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(SignIn)) == 1


async def test_what_is_out_of_date_is_forgotten(session: AsyncSession) -> None:
    ann = await _ann(session)
    await service.issue_token(session, ann, signer=SIGNER, now=NOW)
    await service.make_sign_in_code(session, ann, now=NOW)
    later = NOW + timedelta(days=60)
    await service.issue_token(session, ann, signer=SIGNER, now=later)
    assert await session.scalar(select(func.count()).select_from(SignIn)) == 1
    assert await session.scalar(select(func.count()).select_from(SignInCode)) == 0
