"""From an access token to the claims that every route works with."""

from collections import OrderedDict
from datetime import datetime
from typing import Final
from uuid import UUID

from expenseflow.identity.errors import NotAuthenticated
from expenseflow.identity.oidc import people
from expenseflow.identity.oidc.code_flow import NotSignedIn
from expenseflow.identity.oidc.provider import OpenId
from expenseflow.identity.tokens import Claims
from expenseflow.infra.db import Database

REMEMBERED: Final = 4096


class AccessTokens:
    """Checks each token each time; remembers only whose sign-in a good one is."""

    def __init__(self, openid: OpenId, database: Database) -> None:
        self._openid = openid
        self._database = database
        self._known: OrderedDict[UUID, Claims] = OrderedDict()

    async def claims_of(self, token: str) -> Claims:
        """Raises `NotAuthenticated`, or `ProviderSilent` when it cannot be found out now."""
        sign_in_id, who = await self._openid.access(token)
        claims = self._known.get(sign_in_id)
        if claims is None:
            claims = await self._first_use(sign_in_id, who, now=self._openid.now())
        self._remember(claims)
        return claims

    async def _first_use(self, sign_in_id: UUID, who: people.Vouched, *, now: datetime) -> Claims:
        try:
            async with self._database.request() as session:
                return await people.sign_in_by_token(session, sign_in_id, who, now=now)
        except NotSignedIn as error:
            raise NotAuthenticated from error

    def forget(self, sign_in_id: UUID) -> None:
        """What the database does not confirm any more is asked anew: others know no better."""
        self._known.pop(sign_in_id, None)

    def _remember(self, claims: Claims) -> None:
        self._known[claims.sign_in_id] = claims
        self._known.move_to_end(claims.sign_in_id)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
