"""Tokens that nobody may be taken in by; each is as good as possible but for one thing."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from tests.support.openid.keys import SigningKey, ec_key, rsa_key

Claims = dict[str, Any]


@dataclass(frozen=True)
class World:
    """What an attacker may know, and has."""

    key: SigningKey
    """The provider's; its private half signs what is right but for its claims."""
    claims: Claims
    listener: str
    """An address of theirs."""
    client_id: str

    @property
    def own(self) -> SigningKey:
        """Their own key, under the provider's name."""
        return SigningKey(self.key.kid, "RS256", rsa_key("of an attacker").private)


Forge = Callable[[World], str]


def b64(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def written(header: Claims, claims: Claims | str, signature: bytes = b"x") -> str:
    """A token put together by hand."""
    text = claims if isinstance(claims, str) else json.dumps(claims)
    return f"{b64(json.dumps(header).encode())}.{b64(text.encode())}.{b64(signature)}"


def hmac_signed(world: World, secret: bytes) -> str:
    """HS256 with something that everybody may know as the secret (CVE-2022-29217)."""
    header = {"alg": "HS256", "typ": "at+jwt", "kid": world.key.kid}
    signed = written(header, world.claims).rpartition(".")[0]
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def unsigned(alg: str, *, empty: bool = True) -> Forge:
    def forge(world: World) -> str:
        header = {"alg": alg, "typ": "at+jwt", "kid": world.key.kid}
        return written(header, world.claims, b"" if empty else b"x" * 256)

    return forge


def public(encoding: Encoding, form: PublicFormat) -> Forge:
    def forge(world: World) -> str:
        return hmac_signed(world, world.key.private.public_key().public_bytes(encoding, form))

    return forge


def claiming(**changes: Any) -> Forge:
    """Signed by the provider itself, but saying something else; None leaves a claim out."""

    def forge(world: World) -> str:
        claims = {**world.claims, **changes}
        return world.key.sign({name: told for name, told in claims.items() if told is not None})

    return forge


def naming(kid: Any) -> Forge:
    """By the attacker's own key, under this name."""
    return lambda world: world.own.sign(world.claims, headers={"kid": kid})


def offering(name: str, value: Callable[[World], Any]) -> Forge:
    """By the attacker's own key, which the header offers."""
    return lambda world: world.own.sign(world.claims, headers={name: value(world), "kid": "theirs"})


def with_header(**headers: Any) -> Forge:
    """Signed by the provider itself, with something in the header that we cannot honour."""
    return lambda world: world.key.sign(world.claims, headers=headers)


def later(world: World, seconds: int) -> int:
    return world.claims["iat"] + seconds


def tampered(world: World) -> str:
    header, _, signature = world.key.sign(world.claims).split(".")
    claims = json.dumps({**world.claims, "sub": "root", "roles": ["expenseflow-admin"]})
    return f"{header}.{b64(claims.encode())}.{signature}"


def twice(world: World) -> str:
    """Signed by the provider itself, with a subject for each of two readers."""
    text = json.dumps(world.claims)[:-1] + ', "sub": "root"}'
    header = {"alg": world.key.alg, "typ": "at+jwt", "kid": world.key.kid}
    signed = written(header, text).rpartition(".")[0]
    assert isinstance(world.key.private, rsa.RSAPrivateKey)
    signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(signed.encode(), world.key.private)
    return f"{signed}.{b64(signature)}"


def with_loose_bits(world: World) -> str:
    """The same bytes, with another last letter of the signature."""
    token = world.key.sign(world.claims)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) ^ 1]


def _id_token_with(name: str) -> Forge:
    """Meant for our API alone, but with what only ID tokens have."""
    return lambda world: world.key.sign({**world.claims, name: "x"}, headers={"typ": None})


FORGED: dict[str, Forge] = {
    "check 11: alg none": unsigned("none"),
    "check 11: alg None": unsigned("None"),
    "check 11: alg nOnE": unsigned("nOnE"),
    "check 11: alg none with some signature": unsigned("none", empty=False),
    "check 11: empty signature": lambda w: w.key.sign(w.claims).rpartition(".")[0] + ".",
    "check 12: public key as secret, PEM": public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "check 12: public key as secret, PKCS1": public(Encoding.PEM, PublicFormat.PKCS1),
    "check 12: public key as secret, DER": public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    "check 12: public key as secret, ssh": public(Encoding.OpenSSH, PublicFormat.OpenSSH),
    "check 12: public key as secret, JWK": lambda w: hmac_signed(
        w, json.dumps(w.key.public_jwk).encode()
    ),
    "check 12: the client's id as secret": lambda w: hmac_signed(w, w.client_id.encode()),
    "check 13: jku": offering("jku", lambda w: f"{w.listener}/jwks"),
    "check 13: x5u": offering("x5u", lambda w: f"{w.listener}/certificate"),
    "check 13: jwk": offering("jwk", lambda w: w.own.public_jwk),
    "check 13: x5c": offering("x5c", lambda w: [f"{w.listener}/x5c"]),
    "check 13: jku beside the right kid": lambda w: w.own.sign(
        w.claims, headers={"jku": f"{w.listener}/jwks"}
    ),
    "check 14: the kid of another key": naming("ec-1"),
    "check 14: an unknown kid": naming("nobody-knows"),
    "check 14: no kid": naming(None),
    "check 14: an empty kid": naming(""),
    "check 14: kid with a path": naming("../../../../dev/null"),
    "check 14: kid with SQL": naming("x' UNION SELECT 'secret' --"),
    "check 14: kid of 10 kB": naming("k" * 10_000),
    "check 14: kid is an address": lambda w: naming(f"{w.listener}/kid")(w),
    "check 14: kid is a list": lambda w: written(
        {"alg": "RS256", "typ": "at+jwt", "kid": [w.key.kid]}, w.claims
    ),
    "check 16: expired": lambda w: claiming(exp=later(w, -61))(w),
    "check 16: not yet": lambda w: claiming(nbf=later(w, 120))(w),
    "check 16: made in the future": lambda w: claiming(iat=later(w, 120))(w),
    "check 16: another audience": claiming(aud="https://other.example.com"),
    "check 16: an ID token for us and our API": lambda w: w.key.sign(
        {**w.claims, "aud": [w.claims["aud"], w.client_id]}, headers={"typ": "JWT"}
    ),
    **{
        f"check 16: an ID token, by its {name}": _id_token_with(name)
        for name in ("nonce", "at_hash", "c_hash")
    },
    "check 16: the client as audience": lambda w: claiming(aud=w.client_id)(w),
    "check 16: a longer audience": lambda w: claiming(aud=w.claims["aud"] + "/x")(w),
    "check 16: another issuer": claiming(iss="https://evil.example.com"),
    "check 16: the issuer with a slash": lambda w: claiming(iss=w.claims["iss"] + "/")(w),
    "no exp": claiming(exp=None),
    "no iat": claiming(iat=None),
    "no iss": claiming(iss=None),
    "no aud": claiming(aud=None),
    "no sub": claiming(sub=None),
    "an empty sub": claiming(sub=""),
    "a sub with a NUL": claiming(sub="ann\0"),
    "half a surrogate as sub": claiming(sub="\ud800"),
    "a sub that is a number": claiming(sub=7),
    "a sub of 256 characters": claiming(sub="x" * 256),
    "exp is a text": claiming(exp="tomorrow"),
    "exp is true": claiming(exp=True),
    "exp is endless": lambda w: _raw_exp(w, "1e999"),
    "exp is NaN": lambda w: _raw_exp(w, "NaN"),
    "an audience that is an object": claiming(aud={"x": 1}),
    "by another key": lambda w: w.own.sign(w.claims),
    "ES256 under the name of an RSA key": lambda w: ec_key().sign(
        w.claims, headers={"kid": w.key.kid}
    ),
    "RS512 by a key for RS256": lambda w: w.key.sign(w.claims, alg="RS512"),
    "tampered with": tampered,
    "a claim twice": twice,
    "loose bits in the signature": with_loose_bits,
    "cut off": lambda w: w.key.sign(w.claims)[:-20],
    "only two parts": lambda w: w.key.sign(w.claims).rpartition(".")[0],
    "five parts": lambda w: w.key.sign(w.claims) + ".x.y",
    "crit": with_header(crit=["exp"]),
    "crit with b64": with_header(crit=["b64"], b64=True),
    "typ of a logout token": with_header(typ="logout+jwt"),
    "typ of a proof": with_header(typ="dpop+jwt"),
    "Keycloak's ID token": claiming(typ="ID"),
    "Keycloak's refresh token": claiming(typ="Refresh"),
    "bound to a key": claiming(cnf={"jkt": "x"}),
    "claims nested deep": lambda w: written(
        {"alg": "RS256", "kid": w.key.kid}, "[" * 9000 + "]" * 9000
    ),
    "header is a list": lambda _: f"{b64(b'[]')}.{b64(b'{}')}.{b64(b'x')}",
    "not Base64": lambda w: "!" + w.key.sign(w.claims),
    "padded": lambda w: w.key.sign(w.claims) + "==",
    "too long": claiming(more="x" * 20_000),
}


def _raw_exp(world: World, number: str) -> str:
    text = json.dumps({**world.claims, "exp": 0}).replace('"exp": 0', f'"exp": {number}')
    header = {"alg": world.key.alg, "typ": "at+jwt", "kid": world.key.kid}
    return written(header, text)
