"""Tokens of somebody who was disabled or deleted, in every process (security checks 5 and 6)."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text
from tests.support import streams
from tests.support.openid import ADMIN_ROLE
from tests.support.openid.visiting import OidcVisitors, problem_of
from tests.support.workers import until

from expenseflow.identity import people, service
from expenseflow.identity.models import SignIn, SignInLimit, User
from expenseflow.infra.db import Database


@pytest.fixture
async def other(oidc: OidcVisitors) -> AsyncIterator[OidcVisitors]:
    """A second process, which has seen no token yet."""
    those = oidc.beside()
    yield those
    await those.close()


def _token(oidc: OidcVisitors, **changes: object) -> str:
    return oidc.provider.keys[0].sign(oidc.claims(**changes))


async def _status(oidc: OidcVisitors, token: str) -> int:
    return (await oidc.bearing(token).get("/api/me")).status_code


async def _id_of(oidc: OidcVisitors, subject: str = "ann") -> UUID:
    async with oidc.parts.database.transaction() as session:
        found = await session.scalar(select(User.id).where(User.subject == subject))
    assert found is not None
    return found


async def _does(oidc: OidcVisitors, method: str, json: object = None) -> None:
    """An administrator does it to ann."""
    root = oidc.bearing(_token(oidc, sub="root", email="root@example.com", roles=[ADMIN_ROLE]))
    answer = await root.request(method, f"/api/admin/users/{await _id_of(oidc)}", json=json)
    assert answer.is_success, answer.text


async def _disabled(oidc: OidcVisitors, *, disabled: bool = True) -> None:
    await _does(oidc, "PATCH", {"disabled": disabled})


async def test_check_6_a_token_of_who_was_deleted_is_worth_nothing_in_any_process(
    oidc: OidcVisitors, other: OidcVisitors
) -> None:
    used, unused = _token(oidc, roles=[ADMIN_ROLE]), _token(oidc, roles=[ADMIN_ROLE], jti="2")
    assert await _status(oidc, used) == 200
    await _does(oidc, "DELETE")
    for process in (oidc, other, oidc):
        assert await _status(process, used) == await _status(process, unused) == 401
    assert await oidc.stored() == (1, 1)  # who deleted them


async def test_check_5_a_token_that_was_taken_back_stays_so_without_its_person(
    oidc: OidcVisitors, other: OidcVisitors
) -> None:
    token = _token(oidc)
    assert (await oidc.bearing(token).post("/api/sign-out")).status_code == 204
    assert await _status(oidc, token) == await _status(other, token) == 401
    await _does(oidc, "DELETE")
    assert await _status(oidc, token) == await _status(other, token) == 401


async def test_check_6_a_token_from_before_somebody_was_disabled_never_works_again(
    oidc: OidcVisitors, other: OidcVisitors
) -> None:
    used, tried, unused = _token(oidc), _token(oidc, jti="2"), _token(oidc, jti="3")
    assert await _status(oidc, used) == 200
    await _disabled(oidc)
    assert await _status(oidc, tried) == 401
    await _disabled(oidc, disabled=False)
    for process in (oidc, other):
        for token in (used, tried, unused):
            assert await _status(process, token) == 401
    oidc.clock.advance(1)
    assert await _status(other, _token(oidc)) == await _status(oidc, _token(oidc)) == 200


async def test_who_is_disabled_and_then_deleted_is_so_from_the_later_moment(
    oidc: OidcVisitors, other: OidcVisitors
) -> None:
    await _status(oidc, _token(oidc))
    await _disabled(oidc)
    oidc.clock.advance(20)
    between = _token(oidc)
    oidc.clock.advance(20)
    await _does(oidc, "DELETE")
    assert await _status(other, between) == 401
    async with oidc.parts.database.transaction() as session:
        [limit] = await session.scalars(select(SignInLimit))
    assert limit.not_before == oidc.clock.now()
    assert "ann" not in limit.person_hash


async def test_who_was_deleted_comes_back_as_a_new_person(oidc: OidcVisitors) -> None:
    await _status(oidc, _token(oidc, roles=[ADMIN_ROLE]))
    before = await _id_of(oidc)
    await _does(oidc, "DELETE")
    oidc.clock.advance(1)
    me = (await oidc.bearing(_token(oidc)).get("/api/me")).json()
    assert (me["id"] == str(before), me["isAdmin"]) == (False, False)


async def test_a_sign_in_that_began_before_its_person_was_deleted_does_not_end_after_it(
    oidc: OidcVisitors,
) -> None:
    await oidc.signed_in("ann")
    oidc.clock.advance(30)  # our clock is ahead, as if the ID token had been under way so long
    await _does(oidc, "DELETE")
    answer = await oidc.goes(oidc.anonymous(), "ann")
    assert problem_of(answer) == "expired"


async def test_no_token_outlives_the_memory_of_who_was_deleted(
    oidc: OidcVisitors, other: OidcVisitors
) -> None:
    now = int(oidc.clock.now().timestamp())
    old = _token(oidc, exp=now + 10**8)
    assert await _status(oidc, old) == 200
    await _does(oidc, "DELETE")
    oidc.clock.advance(service.LIMITS_KEPT.total_seconds() - 1)
    await _forget(oidc)
    assert await _limits(oidc) == 1
    oidc.clock.advance(1)
    await _forget(oidc)
    assert await _limits(oidc) == 0
    assert await _status(oidc, old) == await _status(other, old) == 401


async def test_processes_agree_about_somebody_who_was_deleted_by_hand(
    oidc: OidcVisitors, other: OidcVisitors
) -> None:
    token = _token(oidc)
    assert await _status(oidc, token) == 200
    async with oidc.parts.database.transaction() as session:
        await session.execute(delete(User))
    await _status(oidc, token)
    assert await _status(other, token) == await _status(oidc, token)
    assert await oidc.stored() == (1, 1)


@pytest.mark.parametrize("what", ["disable", "delete"])
async def test_the_first_use_of_a_token_while_its_person_goes_lets_nobody_in(
    oidc: OidcVisitors, db: Database, what: str
) -> None:
    assert await _status(oidc, _token(oidc)) == 200
    user_id, token = await _id_of(oidc), _token(oidc, jti="2")
    async with db.transaction() as session:
        await people.held(session, user_id)
        if what == "disable":
            await people.disable(session, user_id, now=oidc.clock.now())
        else:
            await people.delete(session, user_id, now=oidc.clock.now())
        using = asyncio.create_task(oidc.bearing(token).get("/api/me"))
        await _somebody_waits(db)
    assert (await using).status_code == 401
    async with db.transaction() as session:
        standing = select(func.count()).select_from(SignIn).where(SignIn.revoked_at.is_(None))
        assert await session.scalar(standing) == 0


@pytest.mark.parametrize("what", ["disable", "delete"])
async def test_check_6_open_streams_of_a_token_end_in_every_process(
    oidc: OidcVisitors, what: str
) -> None:
    token, here = _token(oidc), {"Host": "expenses.example.com"}
    first, second = (oidc.beside(announces=True) for _ in range(2))
    async with (
        streams.serving(first) as one,
        streams.serving(second) as two,
        one.stream("/api/report-jobs/events", token=token, **here) as stream,
        two.stream("/api/report-jobs/events", token=token, **here) as other_stream,
    ):
        for each in (stream, other_stream):
            await each.next()
        await (_disabled(first) if what == "disable" else _does(first, "DELETE"))
        for each in (stream, other_stream):
            while await each.next_or_end() is not None:
                pass
    for process in (first, second):
        assert await _status(process, token) == 401
        await process.close()


_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def _somebody_waits(db: Database) -> None:
    async def look() -> int | None:
        async with db.transaction() as session:
            return await session.scalar(_WAITING)

    await until(look)


async def _forget(oidc: OidcVisitors) -> None:
    async with oidc.parts.database.transaction() as session:
        await service.forget_expired(session, now=oidc.clock.now(), limit=100)


async def _limits(oidc: OidcVisitors) -> int:
    async with oidc.parts.database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(SignInLimit)) or 0
