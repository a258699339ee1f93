"""Signing in with a browser: the authorization code flow with PKCE (OpenID Connect Core, 3.1)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import structlog

from expenseflow.identity.errors import NotAuthenticated, ProviderSilent
from expenseflow.identity.oidc import vouching
from expenseflow.identity.oidc.checking import checked
from expenseflow.identity.oidc.config import OpenIdConfig
from expenseflow.identity.oidc.discovery import Discovery, Metadata
from expenseflow.identity.oidc.fetching import Fetcher, NoAnswer, Refused
from expenseflow.identity.oidc.keys import Keys
from expenseflow.identity.oidc.shapes import a_list
from expenseflow.identity.oidc.state import Question
from expenseflow.identity.oidc.vouching import Vouched

_TYPES = ("jwt", None)
_log = structlog.get_logger(__name__)


class Why(StrEnum):
    """Why somebody was not signed in; the page `/sign-in` has the words for each."""

    refused = "refused"
    """The person, or the provider, said no."""
    expired = "expired"
    """It took too long, or was begun in another browser."""
    silent = "silent"
    wrong = "wrong"
    """The provider's answer is not one to believe, or our registration there is wrong."""
    disabled = "disabled"
    too_many = "too-many"


class NotSignedIn(Exception):
    """The sign-in came to nothing; `detail` is for the log."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else str(why))
        self.why = why
        self.detail = detail


class CodeFlow:
    """Sends browsers to the provider, and hears whom they come back as."""

    def __init__(
        self, config: OpenIdConfig, discovery: Discovery, keys: Keys, fetcher: Fetcher
    ) -> None:
        self._config = config
        self._discovery = discovery
        self._keys = keys
        self._fetcher = fetcher

    async def address(self, question: Question) -> str:
        """Where the provider asks the person; raises `ProviderSilent`."""
        metadata = await self._discovery.metadata()
        wanted = {
            "response_type": "code",
            "client_id": self._config.client_id,
            "redirect_uri": self._config.redirect_uri,
            "scope": self._config.scopes,
            "state": question.state,
            "nonce": question.nonce,
            "code_challenge": challenge(question.verifier),
            "code_challenge_method": "S256",
        }
        return with_query(metadata.authorization_endpoint, wanted)

    async def answered(
        self, answer: Mapping[str, str], question: Question | None, *, now: datetime
    ) -> Vouched:
        """Whom the provider sent back to us with this answer; raises `NotSignedIn`."""
        if question is None or not _same(answer.get("state", ""), question.state):
            raise NotSignedIn(Why.expired)
        try:
            metadata = await self._discovery.metadata()
            self._check_answer(answer, metadata)
            tokens = await self._tokens(metadata, answer.get("code", ""), question.verifier)
            claims = await self._claims(metadata, tokens, question.nonce)
        except (NoAnswer, ProviderSilent) as error:
            raise NotSignedIn(Why.silent, str(error)) from error
        except Refused as error:
            raise NotSignedIn(Why.wrong, str(error)) from error
        except NotAuthenticated as error:
            raise NotSignedIn(Why.wrong, "its ID token is not right") from error
        return self._vouched(claims, now=now)

    async def signed_out_address(self) -> str | None:
        """Where the provider ends its own session (RP-initiated logout); None: it has no such."""
        end = (await self._discovery.metadata()).end_session_endpoint
        wanted = {
            "client_id": self._config.client_id,
            "post_logout_redirect_uri": self._config.signed_out_uri,
        }
        return None if end is None else with_query(end, wanted)

    def _check_answer(self, answer: Mapping[str, str], metadata: Metadata) -> None:
        issuer = answer.get("iss")
        if issuer != self._config.issuer and (issuer is not None or metadata.says_issuer):
            raise NotSignedIn(Why.wrong, "the answer is another provider's")
        if (error := answer.get("error")) is not None:
            said_no = error in ("access_denied", "login_required", "interaction_required")
            raise NotSignedIn(Why.refused if said_no else Why.wrong, _word(error))
        if not answer.get("code"):
            raise NotSignedIn(Why.wrong, "there is no code in the answer")

    async def _tokens(self, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        config = self._config
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": config.redirect_uri,
            "code_verifier": verifier,
        }
        if config.client_secret is None:
            form["client_id"] = config.client_id
            return await self._fetcher.post_form(metadata.token_endpoint, form)
        if metadata.takes_basic:  # RFC 6749, 2.3.1: encoded as a form would be
            basic = quote_plus(config.client_id), quote_plus(config.client_secret)
            return await self._fetcher.post_form(metadata.token_endpoint, form, basic=basic)
        form |= {"client_id": config.client_id, "client_secret": config.client_secret}
        return await self._fetcher.post_form(metadata.token_endpoint, form)

    async def _claims(
        self, metadata: Metadata, tokens: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise NotSignedIn(Why.wrong, "there is no ID token in the answer")
        config = self._config
        found = await checked(
            token, self._keys, issuer=config.issuer, audience=config.client_id, types=_TYPES
        )
        claims = found.claims
        if not _same(str(claims.get("nonce", "")), nonce):
            raise NotAuthenticated
        self._check_party(claims)
        return await self._with_userinfo(metadata, claims, tokens.get("access_token"))

    def _check_party(self, claims: Mapping[str, Any]) -> None:
        """A token for several audiences says which of them asked for it (Core, 3.1.3.7)."""
        party, audience = claims.get("azp"), a_list(claims["aud"])
        is_for_many = audience is not None and len(audience) > 1
        if party != self._config.client_id and (party is not None or is_for_many):
            raise NotAuthenticated

    async def _with_userinfo(
        self, metadata: Metadata, claims: dict[str, Any], access_token: Any
    ) -> dict[str, Any]:
        """Many providers tell e-mail and roles only there; what the ID token says goes first.

        Who has told all and says nothing of roles means none; when userinfo cannot be asked, that
        is not so, and the role stays what it was.
        """
        name, endpoint = self._config.roles_claim, metadata.userinfo_endpoint
        more: dict[str, Any] = {}
        has_all = "email" in claims and vouching.has_roles(claims, name)
        if not has_all and endpoint is not None and isinstance(access_token, str):
            try:
                more = await self._fetcher.get(endpoint, token=access_token)
            except (NoAnswer, Refused) as error:
                if "email" not in claims:
                    raise
                _log.warning("openid.no_userinfo", reason=str(error))
                return claims
            if more.get("sub") != claims["sub"]:
                raise NotSignedIn(Why.wrong, "userinfo is about somebody else")
        told = {**more, **claims}
        return told if vouching.has_roles(told, name) else {**told, name: []}

    def _vouched(self, claims: Mapping[str, Any], *, now: datetime) -> Vouched:
        config = self._config
        try:
            return vouching.vouched(
                claims,
                issuer=config.issuer,
                roles_claim=config.roles_claim,
                admin_role=config.admin_role,
                now=now,
            )
        except NotAuthenticated as error:
            raise NotSignedIn(Why.wrong, "its ID token is out of date, or about nobody") from error


def challenge(verifier: str) -> str:
    """The S256 challenge of PKCE (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def with_query(address: str, wanted: Mapping[str, str]) -> str:
    """The address with these parameters behind those it has."""
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(wanted)}"


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode())


def _word(error: str) -> str:
    """An error code as it may be logged."""
    is_word = error.isascii() and error.replace("_", "").isalnum()
    return error[:60] if is_word else "an unreadable error"
