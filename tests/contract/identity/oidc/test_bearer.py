"""Access tokens of the real provider, and what of them is believed (security checks 15 to 17)."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select, update
from tests.support.openid import AUDIENCE, CLIENT, OpenIdProvider, running
from tests.support.openid.keys import SigningKey, ec_key, ed_key, rsa_key
from tests.support.openid.visiting import CALLBACK, OidcVisitors

from expenseflow.identity import service
from expenseflow.identity.models import User
from expenseflow.identity.oidc import discovery, keys
from expenseflow.identity.oidc.vouching import LEEWAY_SECONDS
from expenseflow.infra.db import Database


@pytest.fixture
def own_provider(tmp_path: Path) -> Iterator[OpenIdProvider]:
    """One to be changed and stopped."""
    with running(tmp_path, redirects=(CALLBACK,)) as one:
        yield one


@pytest.fixture
async def own(db: Database, own_provider: OpenIdProvider) -> AsyncIterator[OidcVisitors]:
    """Visitors of an application that believes it."""
    visitors = OidcVisitors(db, own_provider)
    yield visitors
    await visitors.close()


async def _status(oidc: OidcVisitors, token: str) -> int:
    return (await oidc.bearing(token).get("/api/me")).status_code


async def test_the_first_token_makes_the_person(oidc: OidcVisitors) -> None:
    ann = oidc.bearing(oidc.provider.access_token("ann"))
    first = await ann.get("/api/me")
    assert first.status_code == 200, first.text
    assert first.json() == {**first.json(), "email": "ann@example.com", "isAdmin": False}
    assert (await ann.get("/api/me")).json() == first.json()
    again = oidc.bearing(oidc.provider.access_token("ann"))
    assert (await again.get("/api/me")).json() == first.json()
    assert await oidc.stored() == (1, 2)


async def test_the_role_makes_an_admin_and_its_absence_unmakes_one(oidc: OidcVisitors) -> None:
    key = oidc.provider.keys[0]
    for seconds, roles in enumerate((["expenseflow-admin"], ["another"], "x expenseflow-admin")):
        oidc.clock.advance(seconds)
        token = key.sign(oidc.claims(roles=roles))
        me = (await oidc.bearing(token).get("/api/me")).json()
        assert me["isAdmin"] is ("expenseflow-admin" in roles)


async def test_an_older_token_does_not_bring_a_role_back(oidc: OidcVisitors) -> None:
    key = oidc.provider.keys[0]
    old = key.sign(oidc.claims(roles=["expenseflow-admin"]))
    oidc.clock.advance(10)
    new = key.sign(oidc.claims(roles=[]))
    for token in (new, old):
        assert (await oidc.bearing(token).get("/api/me")).json()["isAdmin"] is False


@pytest.mark.parametrize("by", ["token", "browser"])
async def test_nor_when_the_sign_in_that_took_the_role_away_is_forgotten(
    oidc: OidcVisitors, by: str
) -> None:
    key, now = oidc.provider.keys[0], int(oidc.clock.now().timestamp())
    old = key.sign(
        oidc.claims(
            roles=["expenseflow-admin"], iat=now - 10, exp=now + 10**6, email="old@example.com"
        )
    )
    if by == "token":
        await _status(oidc, key.sign(oidc.claims(roles=[])))
    else:
        await oidc.signed_in("ann")
    oidc.clock.advance(86_400)
    async with oidc.parts.database.transaction() as session:
        assert await service.forget_expired(session, now=oidc.clock.now(), limit=9) == 1
    me = (await oidc.bearing(old).get("/api/me")).json()
    assert (me["isAdmin"], me["email"]) == (False, "ann@example.com")


async def test_a_token_that_says_nothing_of_roles_leaves_the_role_as_it_is(
    oidc: OidcVisitors,
) -> None:
    key = oidc.provider.keys[0]
    for roles, is_admin in (
        (None, False), (["expenseflow-admin"], True), (None, True), ([], False), (None, False),
    ):  # fmt: skip
        oidc.clock.advance(1)
        me = (await oidc.bearing(key.sign(oidc.claims(roles=roles))).get("/api/me")).json()
        assert me["isAdmin"] is is_admin


async def test_a_program_signs_in_for_itself(oidc: OidcVisitors) -> None:
    me = await oidc.bearing(oidc.provider.token_of_a_script()).get("/api/me")
    assert me.json()["email"] == "a-script@127.0.0.1"


@pytest.mark.parametrize("key", [rsa_key(), ec_key(), ed_key()], ids=lambda key: key.alg)
async def test_a_key_is_good_for_its_own_algorithm(oidc: OidcVisitors, key: SigningKey) -> None:
    assert await _status(oidc, key.sign(oidc.claims())) == 200


async def test_check_16_edges_of_the_times(oidc: OidcVisitors) -> None:
    key = oidc.provider.keys[0]
    now = int(oidc.clock.now().timestamp())
    ended, future = now - LEEWAY_SECONDS, now + LEEWAY_SECONDS
    oidc.clock.advance(now - oidc.clock.now().timestamp())  # a whole second
    for changes, status in (
        ({"exp": ended + 1}, 200), ({"exp": ended}, 401), ({"exp": ended - 1}, 401),
        ({"nbf": future}, 200), ({"nbf": future + 1}, 401),
        ({"iat": future, "exp": future + 60}, 200), ({"iat": future + 1}, 401),
    ):  # fmt: skip
        assert await _status(oidc, key.sign(oidc.claims(sub=str(changes), **changes))) == status


async def test_check_16_what_says_that_it_is_an_access_token_may_be_for_the_client_too(
    oidc: OidcVisitors,
) -> None:
    claims = oidc.claims(aud=[AUDIENCE, CLIENT], nonce="x")
    for kind in ("at+jwt", "application/AT+JWT"):
        token = oidc.provider.keys[0].sign(claims, headers={"typ": kind})
        assert await _status(oidc, token) == 200
    for kind, status in (("Bearer", 200), ("ID", 401)):  # Keycloak's
        token = oidc.provider.keys[0].sign(claims | {"typ": kind})
        assert await _status(oidc, token) == status


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("year", [9999, 10_000, 19_000])
async def test_check_16_times_that_no_date_can_tell(
    oidc: OidcVisitors, name: str, year: int
) -> None:
    far = 253_402_300_799 + (year - 9999) * 31_556_952
    token = oidc.provider.keys[0].sign(oidc.claims(**{name: far}))
    assert await _status(oidc, token) == 401


async def test_a_program_whose_name_is_longer_in_lower_case(oidc: OidcVisitors) -> None:
    token = oidc.provider.keys[0].sign(oidc.claims(sub="İ" * 255, email=None))
    answer = await oidc.bearing(token).get("/api/me")
    assert answer.status_code == 200, answer.text
    assert answer.json()["email"].endswith("@127.0.0.1")


async def test_check_17_the_same_subject_of_two_issuers_is_two_people(
    db: Database, oidc: OidcVisitors, own_provider: OpenIdProvider
) -> None:
    assert await _status(oidc, oidc.provider.access_token("ann")) == 200
    other = OidcVisitors(db, own_provider)
    try:
        assert await _status(other, own_provider.access_token("ann")) == 200
        assert await _status(oidc, own_provider.access_token("ann")) == 401
    finally:
        await other.close()
    assert await oidc.stored() == (2, 2)


async def test_a_token_is_taken_back(oidc: OidcVisitors) -> None:
    ann = oidc.bearing(oidc.provider.access_token("ann"))
    assert (await ann.post("/api/sign-out")).status_code == 204
    assert (await ann.get("/api/me")).status_code == 401


async def test_who_is_disabled_has_no_token(oidc: OidcVisitors) -> None:
    ann = oidc.bearing(oidc.provider.access_token("ann"))
    assert (await ann.get("/api/me")).status_code == 200
    async with oidc.parts.database.transaction() as session:
        await session.execute(update(User).values(disabled_at=oidc.clock.now()))
    assert (await ann.get("/api/me")).status_code == 401
    assert await _status(oidc, oidc.provider.access_token("ann")) == 401


async def test_an_email_that_nobody_verified_is_not_taken(oidc: OidcVisitors) -> None:
    token = oidc.provider.keys[0].sign(oidc.claims(email_verified=False))
    me = (await oidc.bearing(token).get("/api/me")).json()
    assert me["email"] == "ann@127.0.0.1"


async def test_an_email_follows_the_provider(oidc: OidcVisitors) -> None:
    for email in ("ann@example.com", "Ann.Lee@example.com"):
        token = oidc.provider.keys[0].sign(oidc.claims(email=email))
        assert (await oidc.bearing(token).get("/api/me")).json()["email"] == email.lower()
    async with oidc.parts.database.transaction() as session:
        assert len((await session.scalars(select(User.id))).all()) == 1


# -- check 15: rotation and outages --------------------------------------------------------------


async def test_check_15_a_new_key_is_good_at_once_and_a_removed_one_no_longer(
    own: OidcVisitors, own_provider: OpenIdProvider
) -> None:
    old, new = rsa_key(), rsa_key("rsa-2")
    assert await _status(own, old.sign(own.claims())) == 200
    own_provider.rotate(new)
    own.clock.advance(keys.PAUSE_SECONDS)
    assert await _status(own, new.sign(own.claims())) == 200
    assert await _status(own, old.sign(own.claims())) == 401


async def test_check_15_a_removed_key_ends_also_when_no_new_one_is_seen(
    own: OidcVisitors, own_provider: OpenIdProvider
) -> None:
    old = rsa_key()
    assert await _status(own, old.sign(own.claims())) == 200
    own_provider.rotate(ec_key())
    own.clock.advance(keys.GOOD_SECONDS + 1)
    assert await _status(own, old.sign(own.claims())) == 401


async def test_check_15_without_the_provider_known_keys_work_to_their_limit_and_then_nothing(
    own: OidcVisitors, own_provider: OpenIdProvider
) -> None:
    key = rsa_key()
    assert await _status(own, key.sign(own.claims())) == 200
    own_provider.stop()
    own.clock.advance(keys.GOOD_SECONDS)
    assert await _status(own, key.sign(own.claims())) == 200
    own.clock.advance(1)
    answer = await own.bearing(key.sign(own.claims())).get("/api/me")
    _is_503(answer)


async def test_before_the_provider_was_ever_heard_nothing_is_believed(
    own: OidcVisitors, own_provider: OpenIdProvider
) -> None:
    own_provider.stop()
    _is_503(await own.bearing(rsa_key().sign(own.claims())).get("/api/me"))
    assert (await own.anonymous().get("/health/live")).status_code == 200
    assert await own.stored() == (0, 0)


async def test_a_provider_that_says_nothing_holds_nobody_up_who_has_a_known_key(
    own: OidcVisitors, own_provider: OpenIdProvider
) -> None:
    key = rsa_key()
    assert await _status(own, key.sign(own.claims())) == 200
    with own_provider.silent():
        own.clock.advance(keys.FRESH_SECONDS + 1)
        answer = await own.bearing(key.sign(own.claims())).get("/api/me")
        assert answer.status_code == 200


async def test_a_provider_whose_metadata_names_another_issuer_is_not_believed(
    db: Database, own_provider: OpenIdProvider
) -> None:
    issuer = own_provider.issuer.replace("127.0.0.1", "localhost")
    oidc = OidcVisitors(db, own_provider, oidc_issuer=issuer)
    try:
        _is_503(await oidc.bearing(rsa_key().sign(oidc.claims(iss=issuer))).get("/api/me"))
    finally:
        await oidc.close()


async def test_check_14_unknown_keys_make_one_question_in_ten_seconds(
    own: OidcVisitors, own_provider: OpenIdProvider
) -> None:
    key = ec_key()
    for at in range(1000):
        key = SigningKey(f"unknown-{at}", "ES256", ec_key().private)
        assert await _status(own, key.sign(own.claims())) == 401
    assert own_provider.asked("/jwks") == 1
    own.clock.advance(discovery.PAUSE_SECONDS)
    assert await _status(own, key.sign(own.claims())) == 401
    assert own_provider.asked("/jwks") == 2
    assert await own.stored() == (0, 0)


def _is_503(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/provider-silent"
    assert int(answer.headers["retry-after"]) >= 1
