"""Everything a process knows of, and asks, its OpenID provider."""

from datetime import datetime
from uuid import UUID

from expenseflow.identity.oidc import bearer
from expenseflow.identity.oidc.code_flow import CodeFlow
from expenseflow.identity.oidc.config import OpenIdConfig
from expenseflow.identity.oidc.discovery import Discovery
from expenseflow.identity.oidc.fetching import Fetcher
from expenseflow.identity.oidc.keys import Keys
from expenseflow.identity.oidc.state import Seal
from expenseflow.identity.oidc.vouching import Vouched
from expenseflow.kit.clock import Clock


class OpenId:
    """Asks nothing before it is needed: a process starts also while the provider is down."""

    def __init__(self, config: OpenIdConfig, key: bytes, clock: Clock) -> None:
        """`key` signs what browsers carry; all processes have the same."""
        self.config = config
        self.seal = Seal(key)
        self._clock = clock
        self._fetcher = Fetcher()
        self.discovery = Discovery(config.issuer, self._fetcher, clock)
        self.keys = Keys(self.discovery, self._fetcher, clock)
        self.flow = CodeFlow(config, self.discovery, self.keys, self._fetcher)

    async def access(self, token: str) -> tuple[UUID, Vouched]:
        """What an access token stands for; raises what `bearer.check` raises."""
        return await bearer.check(token, self.keys, self.config, now=self.now())

    def now(self) -> datetime:
        return self._clock.now()

    async def close(self) -> None:
        await self.keys.close()
        await self.discovery.close()
        await self._fetcher.aclose()
