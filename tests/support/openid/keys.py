"""Keys of a provider, made here so that tests can also sign with them what it never would."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class SigningKey:
    """One private key with its name and algorithm."""

    kid: str
    alg: str
    private: PrivateKey

    @property
    def jwk(self) -> dict[str, Any]:
        """As the provider is given it."""
        return {**self._as_jwk(self.private), "kid": self.kid, "alg": self.alg, "use": "sig"}

    @property
    def public_jwk(self) -> dict[str, Any]:
        """As the provider publishes it."""
        public = self._as_jwk(self.private.public_key())
        return {**public, "kid": self.kid, "alg": self.alg, "use": "sig"}

    def sign(
        self, claims: dict[str, Any], *, headers: dict[str, Any] | None = None, alg: str = ""
    ) -> str:
        """A token with these claims; `typ` and `kid` are as an access token's, unless told."""
        given = {"typ": "at+jwt", "kid": self.kid, **(headers or {})}
        kept = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(claims, self.private, algorithm=alg or self.alg, headers=kept)

    @staticmethod
    def _as_jwk(key: Any) -> dict[str, Any]:
        kinds = {"RSA": RSAAlgorithm, "EC": ECAlgorithm, "Ed25519": OKPAlgorithm}
        name = next(kind for word, kind in kinds.items() if word in type(key).__name__)
        return json.loads(name.to_jwk(key))


@cache
def rsa_key(kid: str = "rsa-1", alg: str = "RS256") -> SigningKey:
    """The same for the whole run: it takes a while to make one."""
    return SigningKey(kid, alg, rsa.generate_private_key(public_exponent=65537, key_size=2048))


@cache
def ec_key(kid: str = "ec-1") -> SigningKey:
    return SigningKey(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))


@cache
def ed_key(kid: str = "ed-1") -> SigningKey:
    return SigningKey(kid, "EdDSA", ed25519.Ed25519PrivateKey.generate())
