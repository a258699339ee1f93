"""The provider's metadata (OpenID Connect Discovery 1.0): where its endpoints are."""

from dataclasses import dataclass
from typing import Any, Final

from expenseflow.identity.oidc.fetching import Fetcher, NoAnswer
from expenseflow.identity.oidc.keeping import Kept
from expenseflow.kit.addresses import is_safe_to_trust
from expenseflow.kit.clock import Clock

FRESH_SECONDS: Final = 3600.0
GOOD_SECONDS: Final = 86_400.0
PAUSE_SECONDS: Final = 10.0
_PATH = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What we use of it."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    takes_basic: bool
    """Whether a client may show its secret in the Authorization header."""
    says_issuer: bool
    """Whether it names itself in the redirect back to us (RFC 9207)."""


class Discovery:
    """The metadata, kept."""

    def __init__(self, issuer: str, fetcher: Fetcher, clock: Clock) -> None:
        self._issuer = issuer
        self._fetcher = fetcher
        self._kept = Kept(
            "metadata", self._fetch, clock,
            fresh=FRESH_SECONDS, good=GOOD_SECONDS, pause=PAUSE_SECONDS,
        )  # fmt: skip

    async def metadata(self) -> Metadata:
        """Raises `ProviderSilent` when it was never heard, or not for a day."""
        return await self._kept.get()

    async def close(self) -> None:
        await self._kept.close()

    async def _fetch(self) -> Metadata:
        return await fetch_metadata(self._fetcher, self._issuer)


async def fetch_metadata(fetcher: Fetcher, issuer: str) -> Metadata:
    """What this issuer says now; raises `NoAnswer` or `Refused`."""
    return metadata_of(await fetcher.get(issuer.rstrip("/") + _PATH), issuer)


def metadata_of(found: dict[str, Any], issuer: str) -> Metadata:
    """What the document says; raises `NoAnswer` when it is not that of this issuer, or not safe."""
    if found.get("issuer") != issuer:
        raise NoAnswer("its metadata names another issuer; EXPENSEFLOW_OIDC_ISSUER must be equal")
    methods = found.get("token_endpoint_auth_methods_supported")
    return Metadata(
        authorization_endpoint=_endpoint(found, "authorization_endpoint"),
        token_endpoint=_endpoint(found, "token_endpoint"),
        jwks_uri=_endpoint(found, "jwks_uri"),
        userinfo_endpoint=_optional(found, "userinfo_endpoint"),
        end_session_endpoint=_optional(found, "end_session_endpoint"),
        takes_basic=not isinstance(methods, list) or "client_secret_basic" in methods,
        says_issuer=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(found: dict[str, Any], name: str) -> str:
    address = found.get(name)
    if not isinstance(address, str) or not is_safe_to_trust(address):
        raise NoAnswer(f"its metadata has no usable {name}")
    return address


def _optional(found: dict[str, Any], name: str) -> str | None:
    return None if found.get(name) is None else _endpoint(found, name)
