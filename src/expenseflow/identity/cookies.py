"""Our cookies: how they are called and what browsers may do with them."""

from datetime import timedelta
from typing import Final, Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from expenseflow.identity.oidc.state import LIFETIME

SESSION: Final = "expenseflow_session"
_QUESTION: Final = "expenseflow_sign_in"
_HOST: Final = {SESSION: "__Host-expenseflow", _QUESTION: "__Host-expenseflow-sign-in"}
"""Called so, a browser takes the cookie only over https and for this very host."""


def session_name(request: HTTPConnection) -> str:
    """What the session cookie is called here."""
    return _name(request, SESSION)


def set_session(
    request: HTTPConnection, answer: Response, token: str, *, lifetime: timedelta
) -> None:
    """Hand over a session, or with an empty token take it away."""
    _set(request, answer, SESSION, token, lifetime=lifetime, samesite="strict")


def question_of(request: HTTPConnection) -> str:
    """What this browser carries of a sign-in under way; empty when there is none."""
    return request.cookies.get(_name(request, _QUESTION), "")


def set_question(request: HTTPConnection, answer: Response, sealed: str) -> None:
    """Have the browser carry it, or with an empty text forget it."""
    _set(request, answer, _QUESTION, sealed, lifetime=LIFETIME, samesite="lax")


def _name(request: HTTPConnection, name: str) -> str:
    is_public = (openid := request.app.state.openid) is not None and openid.config.is_https
    return _HOST[name] if is_public else name


def _set(
    request: HTTPConnection,
    answer: Response,
    name: str,
    value: str,
    *,
    lifetime: timedelta,
    samesite: Literal["strict", "lax"],
) -> None:
    called = _name(request, name)
    answer.set_cookie(
        called,
        value,
        max_age=int(lifetime.total_seconds()) if value else 0,
        path="/",
        httponly=True,
        samesite=samesite,
        secure=called != name or request.url.scheme == "https",
    )
