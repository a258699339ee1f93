"""No way into `/api` without a token that is ours or our provider's, whatever the route or body.

The routes ask the database whether the sign-in still stands; this looks at the signature alone,
so that an unknown route or a broken body says nothing to somebody who is not signed in.
"""

from collections.abc import Collection

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from expenseflow.identity import credentials

OPEN_ROUTES = frozenset(
    {"/api/sign-in", "/api/sign-in-options", "/api/sign-in/oidc", "/api/sign-in/oidc/callback"}
)


class ApiGate:
    """Checks the credentials of every request below `/api` but the open ones."""

    def __init__(self, app: ASGIApp, *, open_routes: Collection[str] = OPEN_ROUTES) -> None:
        self._app = app
        self._open = frozenset(open_routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_guarded(scope["path"]):
            connection = HTTPConnection(scope)
            await credentials.ask_provider(connection)
            credentials.claims_of(connection)
        await self._app(scope, receive, send)

    def _is_guarded(self, path: str) -> bool:
        return (path == "/api" or path.startswith("/api/")) and path not in self._open
