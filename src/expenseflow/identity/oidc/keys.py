"""The provider's public keys (JWKS), kept; which of them may check which signature.

A key is found by `kid` alone, and an algorithm is good only for the kind of key it belongs to: so
nothing in a token chooses how it is checked. Symmetric keys are not taken at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from expenseflow.identity.errors import NotAuthenticated
from expenseflow.identity.oidc.discovery import Discovery
from expenseflow.identity.oidc.fetching import Fetcher
from expenseflow.identity.oidc.keeping import Kept
from expenseflow.identity.oidc.shapes import a_list, an_object
from expenseflow.kit.clock import Clock

FRESH_SECONDS: Final = 60.0
GOOD_SECONDS: Final = 300.0
"""A key that the provider has taken back is refused at the latest after this time."""
PAUSE_SECONDS: Final = 10.0
"""However many unknown keys are named, it is asked at most this often."""
MAX_KEYS: Final = 100
MAX_KID: Final = 200
_MIN_RSA_BITS: Final = 2048
_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_OF_CURVE = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
ALGORITHMS: Final = _RSA | frozenset(_OF_CURVE.values()) | {"EdDSA"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key, and the algorithms that it may be used with."""

    key: Any
    algorithms: frozenset[str]


class Keys:
    """Finds the key of a token."""

    def __init__(self, discovery: Discovery, fetcher: Fetcher, clock: Clock) -> None:
        self._discovery = discovery
        self._fetcher = fetcher
        self._kept = Kept(
            "keys", self._fetch, clock,
            fresh=FRESH_SECONDS, good=GOOD_SECONDS, pause=PAUSE_SECONDS,
        )  # fmt: skip

    async def of(self, header: Mapping[str, Any]) -> tuple[Any, str]:
        """The key that this header names, and the algorithm to use.

        Raises:
            NotAuthenticated: there is no such key, or it is not for this algorithm.
            ProviderSilent: it cannot be found out now.
        """
        kid, alg = header.get("kid"), header.get("alg")
        if not isinstance(kid, str) or not 0 < len(kid) <= MAX_KID:
            raise NotAuthenticated
        if not isinstance(alg, str) or alg not in ALGORITHMS:
            raise NotAuthenticated
        found = (await self._kept.get()).get(kid)
        if found is None:  # it may be new
            found = (await self._kept.newer()).get(kid)
        if found is None or alg not in found.algorithms:
            raise NotAuthenticated
        return found.key, alg

    async def close(self) -> None:
        await self._kept.close()

    async def _fetch(self) -> Mapping[str, PublicKey]:
        metadata = await self._discovery.metadata()
        return keys_of(await self._fetcher.get(metadata.jwks_uri))


def keys_of(document: Mapping[str, Any]) -> Mapping[str, PublicKey]:
    """By `kid`; what is no key for signatures, or none that is strong enough, is left out."""
    return dict(_usable((a_list(document.get("keys")) or [])[:MAX_KEYS]))


def _usable(entries: list[Any]) -> Iterator[tuple[str, PublicKey]]:
    for entry in map(an_object, entries):
        if entry is None or entry.get("use", "sig") != "sig":
            continue
        kid = entry.get("kid")
        if not isinstance(kid, str) or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        key = _public_key(entry)
        if key is not None and key.algorithms:
            yield kid, key


def _public_key(entry: Mapping[str, Any]) -> PublicKey | None:
    """None: a curve or a shape that we do not know."""
    public = {name: value for name, value in entry.items() if name not in ("d", "alg")}
    only = entry.get("alg")
    try:
        key: Any = jwt.PyJWK.from_dict(public).key
        return PublicKey(key, _algorithms(key) if only is None else _algorithms(key) & {only})
    except Exception:  # noqa: BLE001  # one strange entry must not cost the others
        return None


def _algorithms(key: Any) -> frozenset[str]:
    if isinstance(key, rsa.RSAPublicKey):
        return _RSA if key.key_size >= _MIN_RSA_BITS else frozenset()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return frozenset({_OF_CURVE[key.curve.name]} if key.curve.name in _OF_CURVE else ())
    is_edwards = isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey)
    return frozenset({"EdDSA"}) if is_edwards else frozenset()
