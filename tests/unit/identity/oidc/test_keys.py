"""Which keys of a provider's document are taken, whatever else stands in it; pure."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.support.openid.keys import SigningKey, ec_key, ed_key, rsa_key

from expenseflow.identity.oidc.keys import keys_of

GOOD = rsa_key().public_jwk
STRANGE: dict[str, Any] = {
    "alg is a list": {"alg": ["RS256"]},
    "alg is an object": {"alg": {}},
    "kty is a list": {"kty": ["RSA"]},
    "use is a list": {"use": ["sig"]},
    "n is a number": {"n": 5},
    "n is nothing": {"n": None},
    "e is a list": {"e": []},
    "a curve we do not know": {**ec_key().public_jwk, "crv": "P-1"},
    "a curve that is a list": {**ec_key().public_jwk, "crv": ["P-256"]},
    "no point of the curve": {**ec_key().public_jwk, "x": "A" * 43},
    "x is a number": {**ed_key().public_jwk, "x": 7},
    "for something else": {"use": "enc"},
    "kid is a list": {"kid": ["odd"]},
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_entry_costs_no_other_its_place(name: str) -> None:
    odd = {**GOOD, "kid": "odd", **STRANGE[name]}
    found = keys_of({"keys": [odd, None, "text", [], GOOD]})
    assert set(found) == {GOOD["kid"]}


def test_a_key_that_is_too_short_is_left_out() -> None:
    for bits, count in ((1024, 0), (2047, 0), (2048, 1)):
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        document = {"keys": [SigningKey("short", "RS256", key).public_jwk]}
        assert len(keys_of(document)) == count


def test_a_key_is_good_for_what_it_says_and_for_nothing_of_another_kind() -> None:
    [key] = keys_of({"keys": [GOOD]}).values()
    assert key.algorithms == {"RS256"}
    [free] = keys_of({"keys": [{**GOOD, "alg": None}]}).values()
    assert len(free.algorithms) == 6
    assert not keys_of({"keys": [{**GOOD, "alg": "ES256"}]})
