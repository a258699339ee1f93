"""HEAD wherever there is GET."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Answers HEAD with the status and headers of GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        # A stream asks for `is_head`: nobody waits for what will not be sent.
        asked = {**scope, "method": "GET", "is_head": True}

        async def without_body(message: Message) -> None:
            _name_route(scope, asked)
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(asked, receive, without_body)
        finally:
            _name_route(scope, asked)


def _name_route(scope: Scope, asked: Scope) -> None:
    """Whoever measures has our scope: an event stream as it begins, an error when nothing began."""
    if "route" in asked:
        scope["route"] = asked["route"]
